"""From many short voiceprints to a few speakers, their number given or found.

Spectral clustering on cosines (Ng, Jordan and Weiss 2001), read off by pivoted QR (Damle, Minden and Ying 2019), which
draws no random numbers. Neighbours share most of their sound, so every other voiceprint is clustered, and at most
LARGEST, evenly taken from the whole recording; the rest goes to the nearest voice later, so memory does not grow with
the square of the hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.cluster import SpectralClustering

from ingest.speakers.voiceprints import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST: Final = 6
LARGEST: Final = 1200
_ROUNDS: Final = 3
# Chosen on mixtures of voices that are in none of the reference recordings (training/speakers/README.md).
ONE_VOICE: Final = 0.57
"""Cosine of two clusters' voices, freed from noise, from which they are one person's."""
TWO_HEARD: Final = 0.71
"""The same where the segmentation hears two people: a telephone makes voices alike, but not their turns."""
RIVALRY: Final = 0.3
"""Share of the smaller cluster that must be heard beside the other for that."""
ALIKE: Final = 0.30
"""Mean cosine of two single voiceprints of one person."""
FEWEST: Final = 3
SHARE: Final = 0.01
"""Voiceprints, and share of all, that make a person; less is a laugh or a door."""


@dataclass(frozen=True, slots=True)
class Prints:
    """Voiceprints, a row each, the seconds of sound behind each, and the track each is from.

    `rivals` are pairs of tracks that were heard as two people (see segmentation.py).
    """

    vectors: NDArray[np.float32]
    seconds: NDArray[np.float64]
    tracks: NDArray[np.int64]
    rivals: frozenset[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.vectors)

    def only(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Prints:
        """Some of them."""
        return Prints(self.vectors[chosen], self.seconds[chosen], self.tracks[chosen], self.rivals)


def voices(prints: Prints, count: int | None) -> NDArray[np.float32]:
    """The speakers' voices, a row of unit length each; `count` None finds from one to MOST.

    Fewer than asked for come back only where there are fewer prints.
    """
    size = min(len(prints), max(len(prints) // 2, 2 * MOST), LARGEST)
    few = prints.only(np.linspace(0, len(prints) - 1, size).round().astype(np.int64))
    labels = _found(few) if count is None else parted(few.vectors, count)
    return centres(few.vectors, few.seconds, labels)


def parted(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """A cluster's number for each voiceprint."""
    if count >= len(vectors):
        return np.arange(len(vectors))
    if count == 1:
        return np.zeros(len(vectors), np.int64)
    likeness = np.maximum(vectors @ vectors.T, 1e-6).astype(np.float64)
    model = SpectralClustering(count, affinity="precomputed", assign_labels="cluster_qr", random_state=0)
    return _settled(vectors, model.fit_predict(likeness).astype(np.int64), count)


def centres(
    vectors: NDArray[np.float32], weights: NDArray[np.float64], labels: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The weighted mean voice of each cluster."""
    members = np.eye(labels.max() + 1)[labels].T * weights
    return unit((members @ vectors).astype(np.float32))


def _settled(vectors: NDArray[np.float32], labels: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Some rounds of moving each print to the nearest centre, given up where a cluster would run dry."""
    for _ in range(_ROUNDS):
        moved = (vectors @ centres(vectors, np.ones(len(vectors)), labels).T).argmax(axis=1)
        if len(np.unique(moved)) < count:
            break
        labels = moved
    return labels


def _found(prints: Prints) -> NDArray[np.int64]:
    """The largest number of clusters of which no two are one voice and none is too small."""
    for count in range(min(MOST, len(prints) // FEWEST), 1, -1):
        labels = parted(prints.vectors, count)
        sizes = np.bincount(labels, minlength=count)
        if sizes.min() >= max(FEWEST, SHARE * len(prints)) and not _any_twice(prints, labels, sizes):
            return labels
    return np.zeros(len(prints), np.int64)


def _any_twice(prints: Prints, labels: NDArray[np.int64], sizes: NDArray[np.int64]) -> bool:
    """Whether two of the clusters are one voice."""
    heard_apart = np.minimum(_rivalry(prints, labels, sizes) / RIVALRY, 1.0)
    limit = ONE_VOICE + (TWO_HEARD - ONE_VOICE) * heard_apart
    pairs = np.triu_indices(len(sizes), 1)
    return bool((_likeness(prints.vectors, labels, sizes) >= limit)[pairs].any())


def _likeness(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The cosines between clusters' voices, had they been measured without noise.

    Means of few prints are noisy and look less alike than the voices are: Spearman's correction for attenuation,
    with the reliability of a mean of n by the Spearman-Brown formula. Neighbouring prints share half their sound.
    """
    middles = centres(vectors, np.ones(len(vectors)), labels)
    independent = sizes / 1.6
    reliable = np.sqrt(independent * ALIKE / (1 + (independent - 1) * ALIKE))
    alike: NDArray[np.float64] = (middles @ middles.T) / np.outer(reliable, reliable)
    return alike


def _rivalry(prints: Prints, labels: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each pair of clusters, what share of the smaller is heard as somebody else beside the other."""
    names, where = np.unique(prints.tracks, return_inverse=True)
    held = np.zeros((len(names), len(sizes)))
    np.add.at(held, (where, labels), 1.0)
    of_track = dict(zip(names.tolist(), held, strict=True))
    shared = np.zeros((len(sizes), len(sizes)))
    for one, other in prints.rivals:
        if one in of_track and other in of_track:
            both = np.minimum(of_track[one][:, None], of_track[other][None])
            shared += both + both.T
    return shared / np.minimum(sizes[:, None], sizes[None])
