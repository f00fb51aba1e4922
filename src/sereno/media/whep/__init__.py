"""Live view by WebRTC (WHEP): pictures as they were recorded, sent over RTP by aiortc.

aiortc needs PyAV, which is large and carries GPL codecs: it lives in a helper process. What the
node itself imports from here is `offer`, `ice`, `contract` and `process`.
"""
