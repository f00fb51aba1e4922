// Reads playlists as JSON from standard input with a parser of others, and says what is wrong.
const HLS = require(process.argv[2]);
HLS.setOptions({ strictMode: true });
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const said = texts.map((text) => {
  try {
    const found = HLS.parse(text);
    return { segments: found.segments?.length ?? 0, variants: found.variants?.length ?? 0 };
  } catch (error) {
    return { wrong: String(error) };
  }
});
console.log(JSON.stringify(said));
