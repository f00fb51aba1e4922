/** The build of hls.js without subtitles, protection and advertising, half the size; same types. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
