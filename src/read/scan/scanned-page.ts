/** A page as a grey picture, for the reader of scans. */
export interface ScannedPage {
  /** From 1. */
  readonly page: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** One byte a pixel, row by row, 0 black to 255 white. */
  readonly gray: Uint8Array;
  /** The same with red ink (a seal) as light as paper; undefined where the page has none. */
  readonly redless?: Uint8Array;
}
