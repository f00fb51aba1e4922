import { type FactKind, LOOKS, type Pattern } from "./looks";

export type Ink = (name: string) => string;

/** The tokens and patterns of the colour scheme in force, made once and not for every bar. */
export class Paints {
  private readonly inks = new Map<string, string>();
  private readonly patterns = new Map<FactKind, CanvasPattern | null>();

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly style: CSSStyleDeclaration,
    private readonly ratio: number,
  ) {}

  readonly ink: Ink = (name) => {
    let colour = this.inks.get(name);
    if (colour === undefined) {
      colour = this.style.getPropertyValue(`--${name}`).trim();
      this.inks.set(name, colour);
    }
    return colour;
  };

  get font(): string {
    return `12px ${this.style.fontFamily}`;
  }

  /** What lies over a kind's ground; null where it is even. */
  pattern(kind: FactKind): CanvasPattern | null {
    const known = this.patterns.get(kind);
    if (known !== undefined) return known;
    const { pattern } = LOOKS[kind];
    const made = pattern && this.context.createPattern(this.tile(pattern), "repeat");
    // Drawn at the screen's own resolution.
    made?.setTransform(new DOMMatrix().scale(1 / this.ratio));
    this.patterns.set(kind, made);
    return made;
  }

  private tile(pattern: Pattern): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    const isSlanting = ["rising", "falling", "crossed"].includes(pattern.shape);
    const sizePx = isSlanting ? pattern.everyPx * Math.SQRT2 : pattern.everyPx;
    canvas.width = canvas.height = Math.round(sizePx * this.ratio);
    const context = canvas.getContext("2d");
    if (!context) return canvas;
    context.strokeStyle = context.fillStyle = this.ink(pattern.colour);
    context.lineWidth = pattern.linePx * this.ratio;
    paint(context, pattern, canvas.width);
    return canvas;
  }
}

/** One tile of a pattern, so that tiles join. */
function paint(context: CanvasRenderingContext2D, { shape }: Pattern, size: number): void {
  const half = size / 2;
  const line = context.lineWidth;
  switch (shape) {
    case "rising":
    case "falling":
      slant(context, shape === "rising" ? 1 : -1, size);
      return;
    case "crossed":
      slant(context, 1, size);
      slant(context, -1, size);
      return;
    case "upright":
      context.fillRect(half - line / 2, 0, line, size);
      return;
    case "level":
      context.fillRect(0, half - line / 2, size, line);
      return;
    case "dots":
      context.fillRect(half - line / 2, half - line / 2, line, line);
      return;
    case "checks":
      context.fillRect(0, 0, half, half);
      context.fillRect(half, half, half, half);
  }
}

/** One slanting line, and its ends in the corners. */
function slant(context: CanvasRenderingContext2D, slope: 1 | -1, size: number): void {
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift - 1, slope === 1 ? size + 1 : -1);
    context.lineTo(shift + size + 1, slope === 1 ? -1 : size + 1);
  }
  context.stroke();
}
