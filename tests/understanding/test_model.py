"""The predictor against scikit-learn, and what a message is read as."""

import warnings
from typing import Any

import numpy as np
import pytest

from app.understanding.catalogue import Catalogue
from app.understanding.features import terms_of
from app.understanding.model import SHARPNESS, rows, shares
from app.understanding.normalise import words_of
from app.understanding.reader import Reader
from app.understanding.training import learners

MESSAGES = (
    "e quen mk vssid r",
    "mã otp chưa về máy em",
    "bhxh ở chỗ nào",
    "giá vàng",
    "",
    "xyz",
    "quên quên quên otp",
)


def test_numpy_says_what_scikit_learn_says(catalogue: Catalogue, reader: Reader) -> None:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    model = reader.model
    phrases = list(catalogue.phrases())

    def matrix(texts: list[str]) -> Any:
        values, columns, starts = rows(model.vocabulary, [model.terms(text) for text in texts])
        return csr_matrix((values, columns, starts), shape=(len(texts), len(model.vocabulary.rarity)))

    linear, network = learners(len(phrases))
    given = [phrase.text for phrase in phrases]
    # The words are those of the training, before keyboard repair had a list of known ones.
    plain = [terms_of(words_of(text, model.spelling, model.known), model.concepts) for text in given]
    values, columns, starts = rows(model.vocabulary, plain)
    seen = csr_matrix((values, columns, starts), shape=(len(given), len(model.vocabulary.rarity)))
    heard = len(model.hidden)  # words apart are for the linear opinion alone
    labels = [model.intents.index(phrase.intent) for phrase in phrases]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linear.fit(seen, labels)
        network.fit(seen[:, :heard], labels)
        margins, together = (
            linear.decision_function(matrix(list(MESSAGES))),
            network.predict_proba(matrix(list(MESSAGES))[:, :heard]),
        )
    for text, margin, chance in zip(MESSAGES, margins, together, strict=True):
        expected = (shares(SHARPNESS * margin) + chance) / 2
        np.testing.assert_allclose(model.chances(text), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("e quen mk vssid r lam sao", "forgot_password"),
        ("QUÊN MẬT KHẨU", "forgot_password"),
        ("queen maatj khaaur", "forgot_password"),
        ("otp ko về", "otp_not_received"),
        ("cơ quan bảo hiểm xã hội ở đâu ạ", "office_address_hours"),
        ("thai sản", "other_services"),
    ],
)
def test_the_likeliest_intent_comes_first(reader: Reader, text: str, intent: str) -> None:
    assert reader.model.rank(text)[0].intent == intent


def test_chances_add_up_to_one(reader: Reader) -> None:
    for text in MESSAGES:
        assert float(reader.model.chances(text).sum()) == pytest.approx(1.0, abs=1e-5)


def test_reasons_name_the_words_that_count(reader: Reader) -> None:
    terms = [reason.intent for reason in reader.model.reasons("quên mật khẩu", "forgot_password")]
    assert "forget" in terms or "quen" in terms
