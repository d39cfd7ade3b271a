"""The decoders FFmpeg may open: sound only, and only what recorders, phones and cameras write.

It would otherwise open one for a cover picture, a camera's video or a subtitle too, just to learn about it.
"""

from __future__ import annotations

SOUND_ONLY = """
pcm_u8 pcm_s8 pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_f64be
pcm_alaw pcm_mulaw pcm_bluray pcm_dvd adpcm_ms adpcm_ima_wav adpcm_ima_qt adpcm_yamaha g722 g726 gsm gsm_ms truespeech
mp1 mp1float mp2 mp2float mp3 mp3float aac ac3 eac3 alac flac wavpack tta opus libopus vorbis speex
wmav1 wmav2 wmapro wmalossless wmavoice amrnb amrwb libopencore_amrnb libopencore_amrwb
atrac3 atrac3al atrac3plus atrac3plusal dsd_lsbf dsd_msbf dsd_lsbf_planar dsd_msbf_planar
"""
DECODERS = frozenset(SOUND_ONLY.split())
