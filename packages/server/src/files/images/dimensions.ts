/** Width and height in pixels, as a viewer shows the picture. */
export interface Dimensions {
  readonly width: number
  readonly height: number
}
