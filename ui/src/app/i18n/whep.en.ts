/** Why a camera is not shown by WebRTC, in English; a refusal comes with the node's own words. */
export const whepEn = {
  whep: {
    instead: "The ordinary live view is shown instead.",
    unsupported: "This browser has no WebRTC. The ordinary live view is shown instead.",
    no_path:
      "The pictures found no way from the camera's node to this browser: a firewall or router stands between them. The ordinary live view is shown instead; whoever runs Sereno can open UDP ports or name a TURN server.",
    lost: "The connection to the camera's node broke off. The ordinary live view is shown instead.",
  },
};
