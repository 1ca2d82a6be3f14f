/** Errors of the photos of people and groups. */
export const AVATAR_ERRORS = [
  {
    code: 400,
    name: 'PHOTO_CROP_SIZE_SMALL',
    methods: ['photos.uploadProfilePhoto', 'photos.updateProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'PHOTO_SAVE_FILE_INVALID',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'IMAGE_PROCESS_FAILED',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  { code: 400, name: 'FILE_PARTS_INVALID', methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'] },
  {
    code: 400,
    name: 'FILE_PART_X_MISSING',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'FILE_PART_LENGTH_INVALID',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'MD5_CHECKSUM_INVALID',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  { code: 400, name: 'FILES_TOO_MUCH', methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'] },
  { code: 400, name: 'MEDIA_INVALID', methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'] },
  { code: 400, name: 'PHOTO_FILE_MISSING', methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'] },
  { code: 400, name: 'VIDEO_FILE_INVALID', methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'] },
  {
    code: 400,
    name: 'EMOJI_MARKUP_INVALID',
    methods: ['photos.uploadProfilePhoto', 'messages.editChatPhoto'],
  },
  { code: 400, name: 'BOT_INVALID', methods: ['photos.uploadProfilePhoto', 'photos.updateProfilePhoto'] },
  {
    code: 400,
    name: 'ALBUM_PHOTOS_TOO_MANY',
    methods: ['photos.uploadProfilePhoto', 'photos.updateProfilePhoto'],
  },
  { code: 400, name: 'PHOTO_ID_INVALID', methods: ['photos.updateProfilePhoto', 'messages.editChatPhoto'] },
  {
    code: 400,
    name: 'FILE_REFERENCE_EMPTY',
    methods: ['photos.updateProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'FILE_REFERENCE_EXPIRED',
    methods: ['photos.updateProfilePhoto', 'messages.editChatPhoto'],
  },
  {
    code: 400,
    name: 'FILE_REFERENCE_INVALID',
    methods: ['photos.updateProfilePhoto', 'messages.editChatPhoto'],
  },
  { code: 400, name: 'CHAT_ID_INVALID', methods: ['messages.editChatPhoto'] },
  { code: 403, name: 'CHAT_WRITE_FORBIDDEN', methods: ['messages.editChatPhoto'] },
  { code: 400, name: 'CHAT_ADMIN_REQUIRED', methods: ['messages.editChatPhoto'] },
  { code: 400, name: 'CHAT_NOT_MODIFIED', methods: ['messages.editChatPhoto'] },
] as const
