// Gotd, for talking only (talks.ts). The runner asks on standard input, a JSON line a verb; answers and what the client hears
// go to descriptor 3 (contract.ts). What gotd hears goes through its manager of updates, as its documentation says.
package main

import (
	"bufio"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/telegram/downloader"
	"github.com/gotd/td/telegram/updates"
	"github.com/gotd/td/telegram/updates/hook"
	"github.com/gotd/td/telegram/uploader"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"go.uber.org/zap"
)

type ask struct {
	Verb    string            `json:"verb"`
	Server  *server           `json:"server"`
	Session string            `json:"session"`
	Login   login             `json:"login"`
	Act     string            `json:"act"`
	With    []json.RawMessage `json:"with"`
}

type login struct {
	Phone string `json:"phone"`
}

type server struct {
	Console string `json:"console"`
	Dcs     []struct {
		ID   int    `json:"id"`
		Host string `json:"host"`
		Port int    `json:"port"`
	} `json:"dcs"`
	Apps []struct {
		ID   int    `json:"apiId"`
		Hash string `json:"apiHash"`
	} `json:"apps"`
	PublicKeys []struct {
		PEM string `json:"pem"`
	} `json:"publicKeys"`
}

type said struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// talker is the one client of this process.
type talker struct {
	ctx     context.Context
	stop    context.CancelFunc
	ended   chan struct{}
	server  *server
	client  *telegram.Client
	api     *tg.Client
	storage *session.StorageMemory
	gaps    *updates.Manager
	hashes  sync.Map
	answers *json.Encoder
	writing sync.Mutex
}

func main() {
	t := &talker{answers: json.NewEncoder(os.NewFile(3, "answers"))}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			os.Exit(0)
		}
		var asked ask
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		value, err := t.perform(asked)
		t.write(answerOf(value, err))
	}
}

func answerOf(value any, err error) map[string]any {
	var refused *tgerr.Error
	if errors.As(err, &refused) {
		return map[string]any{"refusal": map[string]any{"code": refused.Code, "text": refused.Message, "own": true}}
	}
	if err != nil {
		return map[string]any{"failure": fmt.Sprintf("%+v", err)}
	}
	return map[string]any{"value": value}
}

func (t *talker) write(line map[string]any) {
	t.writing.Lock()
	defer t.writing.Unlock()
	if err := t.answers.Encode(line); err != nil {
		panic(err)
	}
}

func (t *talker) perform(asked ask) (any, error) {
	switch asked.Verb {
	case "open":
		return nil, t.open(asked.Server, asked.Session)
	case "logIn":
		return 0, t.logIn(asked.Login.Phone)
	case "me":
		self, err := t.client.Self(t.ctx)
		if err != nil {
			return nil, err
		}
		return map[string]any{"id": fmt.Sprint(self.ID), "phone": self.Phone, "firstName": self.FirstName}, nil
	case "session":
		data, err := t.storage.LoadSession(t.ctx)
		return base64.StdEncoding.EncodeToString(data), err
	case "close":
		t.stop()
		<-t.ended
		return nil, nil
	case "talk":
		return t.talk(asked.Act, asked.With)
	}
	return nil, fmt.Errorf("gotd is not asked to %s", asked.Verb)
}

func (t *talker) open(at *server, saved string) error {
	t.server = at
	key, err := keyOf(at.PublicKeys[0].PEM)
	if err != nil {
		return err
	}
	t.storage = &session.StorageMemory{}
	t.ctx, t.stop = context.WithCancel(context.Background())
	if saved != "" {
		data, err := base64.StdEncoding.DecodeString(saved)
		if err != nil {
			return err
		}
		if err := t.storage.StoreSession(t.ctx, data); err != nil {
			return err
		}
	}
	config := zap.NewDevelopmentConfig()
	config.Level = zap.NewAtomicLevelAt(zap.WarnLevel)
	logger, err := config.Build()
	if err != nil {
		return err
	}
	t.gaps = updates.New(updates.Config{Handler: telegram.UpdateHandlerFunc(t.hear), Logger: logger})
	dc := at.Dcs[0]
	t.client = telegram.NewClient(at.Apps[0].ID, at.Apps[0].Hash, telegram.Options{
		PublicKeys:     []telegram.PublicKey{{RSA: key}},
		DC:             dc.ID,
		DCList:         dcs.List{Options: []tg.DCOption{{ID: dc.ID, IPAddress: dc.Host, Port: dc.Port}}},
		SessionStorage: t.storage,
		UpdateHandler:  t.gaps,
		Middlewares:    []telegram.Middleware{hook.UpdateHook(t.gaps.Handle)},
		Logger:         logger,
	})
	t.api = t.client.API()
	ready, failed := make(chan struct{}), make(chan error, 1)
	t.ended = make(chan struct{})
	go func() {
		defer close(t.ended)
		failed <- t.client.Run(t.ctx, func(ctx context.Context) error {
			close(ready)
			<-ctx.Done()
			return nil
		})
	}()
	select {
	case <-ready:
	case err := <-failed:
		return err
	}
	if saved == "" {
		return nil
	}
	return t.listen()
}

func keyOf(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the key is no PEM")
	}
	return x509.ParsePKCS1PublicKey(block.Bytes)
}

func (t *talker) logIn(phone string) error {
	sent, err := t.client.Auth().SendCode(t.ctx, phone, auth.SendCodeOptions{})
	if err != nil {
		return err
	}
	code, err := t.newestCode(phone)
	if err != nil {
		return err
	}
	hash := sent.(*tg.AuthSentCode).PhoneCodeHash
	if _, err := t.client.Auth().SignIn(t.ctx, phone, code, hash); err != nil {
		return err
	}
	return t.listen()
}

func (t *talker) newestCode(phone string) (string, error) {
	response, err := http.Get(t.server.Console + "/api/codes?phone=" + url.QueryEscape(phone))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var inbox struct {
		Codes []struct {
			Code string `json:"code"`
		} `json:"codes"`
	}
	if err := json.NewDecoder(response.Body).Decode(&inbox); err != nil {
		return "", err
	}
	return inbox.Codes[0].Code, nil
}

// listen returns once the manager of updates has its first state.
func (t *talker) listen() error {
	self, err := t.client.Self(t.ctx)
	if err != nil {
		return err
	}
	started, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		failed <- t.gaps.Run(t.ctx, t.api, self.ID, updates.AuthOptions{
			OnStart: func(context.Context) { close(started) },
		})
	}()
	select {
	case <-started:
		return nil
	case err := <-failed:
		return err
	}
}

func (t *talker) hear(_ context.Context, heard tg.UpdatesClass) error {
	switch heard := heard.(type) {
	case *tg.Updates:
		t.keep(heard.Users)
		for _, update := range heard.Updates {
			t.tell(heardOf(update))
		}
	case *tg.UpdateShort:
		t.tell(heardOf(heard.Update))
	}
	return nil
}

func (t *talker) tell(heard map[string]any) {
	if heard != nil {
		t.write(map[string]any{"heard": heard})
	}
}

func heardOf(update tg.UpdateClass) map[string]any {
	switch update := update.(type) {
	case *tg.UpdateNewMessage:
		return messageOf(update.Message)
	case *tg.UpdateEditMessage:
		message := update.Message.(*tg.Message)
		return map[string]any{"kind": "edit", "chat": chatOf(message.PeerID), "id": message.ID, "text": textOf(message)}
	case *tg.UpdateDeleteMessages:
		return map[string]any{"kind": "delete", "ids": update.Messages}
	case *tg.UpdateReadHistoryOutbox:
		return map[string]any{"kind": "read", "chat": chatOf(update.Peer), "upTo": update.MaxID}
	case *tg.UpdateUserTyping:
		return map[string]any{"kind": "typing", "chat": update.UserID}
	case *tg.UpdateChatUserTyping:
		return map[string]any{"kind": "typing", "chat": -update.ChatID}
	case *tg.UpdateMessageReactions:
		if len(update.Reactions.Results) == 0 {
			return nil
		}
		emoji := update.Reactions.Results[0].Reaction.(*tg.ReactionEmoji).Emoticon
		return map[string]any{"kind": "reaction", "chat": chatOf(update.Peer), "id": update.MsgID, "emoji": emoji}
	case *tg.UpdateMessagePoll:
		return map[string]any{"kind": "votes", "voters": update.Results.TotalVoters}
	}
	return nil
}

func messageOf(message tg.MessageClass) map[string]any {
	switch message := message.(type) {
	case *tg.Message:
		heard := map[string]any{
			"kind": "message", "chat": chatOf(message.PeerID), "id": message.ID, "text": textOf(message), "out": message.Out,
		}
		if header, ok := message.ReplyTo.(*tg.MessageReplyHeader); ok {
			heard["replyTo"] = header.ReplyToMsgID
		}
		if _, ok := message.GetFwdFrom(); ok {
			heard["isForward"] = true
		}
		if kind := mediaKindOf(message.Media); kind != "" {
			heard["media"] = kind
		}
		if album, ok := message.GetGroupedID(); ok {
			heard["album"] = fmt.Sprint(album)
		}
		return heard
	case *tg.MessageService:
		return map[string]any{
			"kind": "message", "chat": chatOf(message.PeerID), "id": message.ID, "text": "", "out": message.Out,
		}
	}
	return nil
}

// textOf gives the text, or the question of a poll.
func textOf(message *tg.Message) string {
	if media, ok := message.Media.(*tg.MessageMediaPoll); ok {
		return media.Poll.Question
	}
	return message.Message
}

// chatOf names a group by its negated id.
func chatOf(peer tg.PeerClass) int64 {
	switch peer := peer.(type) {
	case *tg.PeerUser:
		return peer.UserID
	case *tg.PeerChat:
		return -peer.ChatID
	}
	return 0
}

func (t *talker) keep(users []tg.UserClass) {
	for _, each := range users {
		if user, ok := each.(*tg.User); ok && !user.Min {
			t.hashes.Store(user.ID, user.AccessHash)
		}
	}
}

func (t *talker) hashOf(id int64) int64 {
	hash, _ := t.hashes.Load(id)
	known, _ := hash.(int64)
	return known
}

func (t *talker) peerOf(chat int64) tg.InputPeerClass {
	if chat < 0 {
		return &tg.InputPeerChat{ChatID: -chat}
	}
	return &tg.InputPeerUser{UserID: chat, AccessHash: t.hashOf(chat)}
}

// talk does what talks.ts names, with its arguments in their order.
func (t *talker) talk(act string, with []json.RawMessage) (any, error) {
	switch act {
	case "takeUsername":
		_, err := t.api.AccountUpdateUsername(t.ctx, text(with, 0))
		return nil, err
	case "find":
		found, err := t.api.ContactsResolveUsername(t.ctx, text(with, 0))
		if err != nil {
			return nil, err
		}
		t.keep(found.Users)
		return found.Users[0].GetID(), nil
	case "addContact":
		return t.addContact(text(with, 0), text(with, 1))
	case "write":
		return t.send(number(with, 0), text(with, 1), with)
	case "edit":
		request := &tg.MessagesEditMessageRequest{Peer: t.peerOf(number(with, 0)), ID: int(number(with, 1))}
		request.SetMessage(text(with, 2))
		_, err := t.api.MessagesEditMessage(t.ctx, request)
		return nil, err
	case "erase":
		ids := []int{int(number(with, 1))}
		_, err := t.api.MessagesDeleteMessages(t.ctx, &tg.MessagesDeleteMessagesRequest{Revoke: true, ID: ids})
		return nil, err
	case "read":
		_, err := t.api.MessagesReadHistory(t.ctx, &tg.MessagesReadHistoryRequest{Peer: t.peerOf(number(with, 0))})
		return nil, err
	case "forward":
		_, err := t.api.MessagesForwardMessages(t.ctx, &tg.MessagesForwardMessagesRequest{
			FromPeer: t.peerOf(number(with, 0)), ID: []int{int(number(with, 1))},
			ToPeer: t.peerOf(number(with, 2)), RandomID: []int64{rand.Int63()},
		})
		return nil, err
	case "type":
		_, err := t.api.MessagesSetTyping(t.ctx, &tg.MessagesSetTypingRequest{
			Peer: t.peerOf(number(with, 0)), Action: &tg.SendMessageTypingAction{},
		})
		return nil, err
	case "react":
		_, err := t.api.MessagesSendReaction(t.ctx, &tg.MessagesSendReactionRequest{
			Peer: t.peerOf(number(with, 0)), MsgID: int(number(with, 1)),
			Reaction: []tg.ReactionClass{&tg.ReactionEmoji{Emoticon: text(with, 2)}},
		})
		return nil, err
	case "poll":
		return t.poll(number(with, 0), text(with, 1), texts(with, 2))
	case "vote":
		return nil, t.vote(number(with, 0), int(number(with, 1)), int(number(with, 2)))
	case "makeGroup":
		return t.makeGroup(text(with, 0), numbers(with, 1))
	case "history":
		return t.history(number(with, 0))
	case "sendMedia":
		return t.sendMedia(number(with, 0), part[sentMedia](with, 1))
	case "sendAlbum":
		return nil, t.sendAlbum(number(with, 0), part[[]sentMedia](with, 1))
	case "download":
		return nil, t.download(int(number(with, 1)), text(with, 2))
	case "setAvatar":
		return nil, t.setAvatar(text(with, 0))
	case "downloadAvatar":
		return nil, t.downloadAvatar(number(with, 0), text(with, 1))
	}
	return nil, fmt.Errorf("gotd is not asked to %s", act)
}

func (t *talker) addContact(phone, name string) (any, error) {
	contact := tg.InputPhoneContact{ClientID: 1, Phone: phone, FirstName: name}
	added, err := t.api.ContactsImportContacts(t.ctx, []tg.InputPhoneContact{contact})
	if err != nil {
		return nil, err
	}
	t.keep(added.Users)
	return added.Imported[0].UserID, nil
}

func (t *talker) send(chat int64, message string, with []json.RawMessage) (any, error) {
	request := &tg.MessagesSendMessageRequest{Peer: t.peerOf(chat), Message: message, RandomID: rand.Int63()}
	if len(with) > 2 && string(with[2]) != "null" {
		request.SetReplyTo(&tg.InputReplyToMessage{ReplyToMsgID: int(number(with, 2))})
	}
	return idIn(t.api.MessagesSendMessage(t.ctx, request))
}

func (t *talker) poll(chat int64, question string, answers []string) (any, error) {
	poll := tg.Poll{Question: question}
	for index, answer := range answers {
		poll.Answers = append(poll.Answers, tg.PollAnswer{Text: answer, Option: []byte{byte(index)}})
	}
	return idIn(t.api.MessagesSendMedia(t.ctx, &tg.MessagesSendMediaRequest{
		Peer: t.peerOf(chat), Media: &tg.InputMediaPoll{Poll: poll}, RandomID: rand.Int63(),
	}))
}

type sentMedia struct {
	Kind    string `json:"kind"`
	Path    string `json:"path"`
	Caption string `json:"caption"`
}

func (t *talker) upload(media sentMedia) (tg.InputMediaClass, error) {
	file, err := uploader.NewUploader(t.api).FromPath(t.ctx, media.Path)
	if err != nil {
		return nil, err
	}
	switch media.Kind {
	case "photo":
		return &tg.InputMediaUploadedPhoto{File: file}, nil
	case "voice":
		voice := &tg.DocumentAttributeAudio{Voice: true, Duration: 1}
		return &tg.InputMediaUploadedDocument{
			File: file, MimeType: "audio/ogg", Attributes: []tg.DocumentAttributeClass{voice},
		}, nil
	}
	name := &tg.DocumentAttributeFilename{FileName: filepath.Base(media.Path)}
	return &tg.InputMediaUploadedDocument{
		File: file, ForceFile: true, MimeType: "application/octet-stream", Attributes: []tg.DocumentAttributeClass{name},
	}, nil
}

func (t *talker) sendMedia(chat int64, media sentMedia) (any, error) {
	input, err := t.upload(media)
	if err != nil {
		return nil, err
	}
	return idIn(t.api.MessagesSendMedia(t.ctx, &tg.MessagesSendMediaRequest{
		Peer: t.peerOf(chat), Media: input, Message: media.Caption, RandomID: rand.Int63(),
	}))
}

// sendAlbum sends photos, each of which becomes one of the server before.
func (t *talker) sendAlbum(chat int64, items []sentMedia) error {
	request := &tg.MessagesSendMultiMediaRequest{Peer: t.peerOf(chat)}
	for _, item := range items {
		input, err := t.upload(item)
		if err != nil {
			return err
		}
		kept, err := t.api.MessagesUploadMedia(t.ctx, &tg.MessagesUploadMediaRequest{Peer: t.peerOf(chat), Media: input})
		if err != nil {
			return err
		}
		photo := kept.(*tg.MessageMediaPhoto).Photo.(*tg.Photo)
		request.MultiMedia = append(request.MultiMedia, tg.InputSingleMedia{
			Media: &tg.InputMediaPhoto{ID: photo.AsInput()}, Message: item.Caption, RandomID: rand.Int63(),
		})
	}
	_, err := t.api.MessagesSendMultiMedia(t.ctx, request)
	return err
}

func (t *talker) message(id int) (*tg.Message, error) {
	found, err := t.api.MessagesGetMessages(t.ctx, []tg.InputMessageClass{&tg.InputMessageID{ID: id}})
	if err != nil {
		return nil, err
	}
	messages, ok := found.(*tg.MessagesMessages)
	if !ok {
		return nil, fmt.Errorf("messages.getMessages answered %T", found)
	}
	return messages.Messages[0].(*tg.Message), nil
}

func (t *talker) download(id int, path string) error {
	message, err := t.message(id)
	if err != nil {
		return err
	}
	return t.save(locationOf(message.Media), path)
}

func (t *talker) save(location tg.InputFileLocationClass, path string) error {
	_, err := downloader.NewDownloader().Download(t.api, location).ToPath(t.ctx, path)
	return err
}

func locationOf(media tg.MessageMediaClass) tg.InputFileLocationClass {
	switch media := media.(type) {
	case *tg.MessageMediaPhoto:
		photo := media.Photo.(*tg.Photo)
		largest := photo.Sizes[len(photo.Sizes)-1].GetType()
		return &tg.InputPhotoFileLocation{
			ID: photo.ID, AccessHash: photo.AccessHash, FileReference: photo.FileReference, ThumbSize: largest,
		}
	case *tg.MessageMediaDocument:
		return media.Document.(*tg.Document).AsInputDocumentFileLocation()
	}
	return nil
}

func mediaKindOf(media tg.MessageMediaClass) string {
	switch media := media.(type) {
	case *tg.MessageMediaPhoto:
		return "photo"
	case *tg.MessageMediaDocument:
		for _, each := range media.Document.(*tg.Document).Attributes {
			if audio, ok := each.(*tg.DocumentAttributeAudio); ok && audio.Voice {
				return "voice"
			}
		}
		return "file"
	}
	return ""
}

func (t *talker) setAvatar(path string) error {
	file, err := uploader.NewUploader(t.api).FromPath(t.ctx, path)
	if err != nil {
		return err
	}
	request := &tg.PhotosUploadProfilePhotoRequest{}
	request.SetFile(file)
	_, err = t.api.PhotosUploadProfilePhoto(t.ctx, request)
	return err
}

func (t *talker) downloadAvatar(id int64, path string) error {
	input := &tg.InputUser{UserID: id, AccessHash: t.hashOf(id)}
	found, err := t.api.UsersGetUsers(t.ctx, []tg.InputUserClass{input})
	if err != nil {
		return err
	}
	photo, ok := found[0].(*tg.User).Photo.(*tg.UserProfilePhoto)
	if !ok {
		return errors.New("the person has no avatar")
	}
	return t.save(&tg.InputPeerPhotoFileLocation{Big: true, Peer: t.peerOf(id), PhotoID: photo.PhotoID}, path)
}

func idIn(sent tg.UpdatesClass, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	switch sent := sent.(type) {
	case *tg.UpdateShortSentMessage:
		return sent.ID, nil
	case *tg.Updates:
		for _, each := range sent.Updates {
			if named, ok := each.(*tg.UpdateMessageID); ok {
				return named.ID, nil
			}
		}
	}
	return nil, errors.New("the answer names no message")
}

func (t *talker) vote(chat int64, id, answer int) error {
	message, err := t.message(id)
	if err != nil {
		return err
	}
	media := message.Media.(*tg.MessageMediaPoll)
	_, err = t.api.MessagesSendVote(t.ctx, &tg.MessagesSendVoteRequest{
		Peer: t.peerOf(chat), MsgID: id, Options: [][]byte{media.Poll.Answers[answer].Option},
	})
	return err
}

func (t *talker) makeGroup(title string, people []int64) (any, error) {
	request := &tg.MessagesCreateChatRequest{Title: title}
	for _, id := range people {
		request.Users = append(request.Users, &tg.InputUser{UserID: id, AccessHash: t.hashOf(id)})
	}
	made, err := t.api.MessagesCreateChat(t.ctx, request)
	if err != nil {
		return nil, err
	}
	return -made.(*tg.Updates).Chats[0].GetID(), nil
}

func (t *talker) history(chat int64) (any, error) {
	found, err := t.api.MessagesGetHistory(t.ctx, &tg.MessagesGetHistoryRequest{Peer: t.peerOf(chat), Limit: 100})
	if err != nil {
		return nil, err
	}
	modified, ok := found.AsModified()
	if !ok {
		return nil, errors.New("the history was not given")
	}
	all := []said{}
	for _, each := range modified.GetMessages() {
		one := said{ID: each.GetID()}
		if message, ok := each.(*tg.Message); ok {
			one.Text = message.Message
		}
		all = append(all, one)
	}
	return all, nil
}

func text(with []json.RawMessage, at int) string     { return part[string](with, at) }
func number(with []json.RawMessage, at int) int64    { return part[int64](with, at) }
func texts(with []json.RawMessage, at int) []string  { return part[[]string](with, at) }
func numbers(with []json.RawMessage, at int) []int64 { return part[[]int64](with, at) }

func part[T any](with []json.RawMessage, at int) T {
	var value T
	if err := json.Unmarshal(with[at], &value); err != nil {
		panic(err)
	}
	return value
}
