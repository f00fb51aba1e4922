/** Por qué una cámara no se muestra por WebRTC, en español; un rechazo trae las palabras del nodo. */
export const whepEs = {
  whep: {
    instead: "Se muestra la vista en vivo normal.",
    unsupported: "Este navegador no tiene WebRTC. Se muestra la vista en vivo normal.",
    no_path:
      "Las imágenes no encontraron camino desde el nodo de la cámara hasta este navegador: hay un cortafuegos o un router en medio. Se muestra la vista en vivo normal; quien administra Sereno puede abrir puertos UDP o indicar un servidor TURN.",
    lost: "Se cortó la conexión con el nodo de la cámara. Se muestra la vista en vivo normal.",
  },
};
