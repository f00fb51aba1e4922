/** An upright line. */
export function line(
  context: CanvasRenderingContext2D,
  x: number,
  top: number,
  bottom: number,
  lineWidth: number,
  colour: string,
  dash: number[],
): void {
  context.save();
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
  context.restore();
}

/** Words at the top, inside the picture. */
export function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  width: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.textAlign = "center";
  context.textBaseline = "top";
  const half = context.measureText(text).width / 2;
  context.fillText(text, Math.min(width - half, Math.max(half, x)), 2);
}
