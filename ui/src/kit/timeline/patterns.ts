import type { Ink } from "./draw";
import { type FactKind, type Hatch, LOOKS } from "./looks";

const DOTS_EVERY_PX = 8;
const DOT_PX = 1.5;

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
    const { hatch, dots } = LOOKS[kind];
    const tile = hatch ? this.hatch(hatch) : dots ? this.dots(dots) : null;
    const made = tile && this.context.createPattern(tile, "repeat");
    // Drawn at the screen's own resolution.
    made?.setTransform(new DOMMatrix().scale(1 / this.ratio));
    this.patterns.set(kind, made);
    return made;
  }

  private tile(sizePx: number, paint: (context: CanvasRenderingContext2D, size: number) => void) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.round(sizePx * this.ratio);
    const context = canvas.getContext("2d");
    if (context) paint(context, canvas.width);
    return canvas;
  }

  /** A tile with one slanting line, and its ends in the corners, so that tiles join. */
  private hatch({ colour, slope, everyPx, linePx }: Hatch): HTMLCanvasElement {
    return this.tile(everyPx * Math.SQRT2, (context, size) => {
      context.strokeStyle = this.ink(colour);
      context.lineWidth = linePx * this.ratio;
      context.beginPath();
      for (const shift of [-size, 0, size]) {
        context.moveTo(shift - 1, slope === 1 ? size + 1 : -1);
        context.lineTo(shift + size + 1, slope === 1 ? -1 : size + 1);
      }
      context.stroke();
    });
  }

  private dots(colour: string): HTMLCanvasElement {
    return this.tile(DOTS_EVERY_PX, (context, size) => {
      context.fillStyle = this.ink(colour);
      const dot = DOT_PX * this.ratio;
      context.fillRect((size - dot) / 2, (size - dot) / 2, dot, dot);
    });
  }
}
