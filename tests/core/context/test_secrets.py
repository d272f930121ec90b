"""Secrets stay home: what is withheld, what is not, and that nothing is lost by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.context.secrets import denied, redact, restore

MIXED = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"
KEY = "\n".join(
    ["-----BEGIN RSA PRIVATE KEY-----", "MIIE" + MIXED, "qQ" + MIXED, "ab==", "-----END RSA PRIVATE KEY-----"]
)
SECRETS = {
    "AWS access key": "AKIAIOSFODNN7EXAMPLE",
    "AWS secret key": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GitHub token": f"ghp_{MIXED}",
    "GitLab token": "glpat-aB3dE6gH9jK2mN5pQ8sT",
    "API key": f"sk-proj-{MIXED}",
    "Slack token": "xoxb-123456789012-aBcDeFgHiJkL",
    "Google key": "AIzaSy" + MIXED[:33],
    "Stripe key": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "private key": KEY,
    "secret": 'db_password = "s3cr3t-P4ss-w0rd!9"',
    "npm token": "//registry.npmjs.org/:_authToken=9f8a7b6c-5d4e-3f2a-1b0c-9d8e7f6a5b4c",
    "password in an address": "postgres://app:Zk93jdQpw1@db.internal/x",
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_is_withheld_and_can_be_put_back(what: str) -> None:
    source = f"before\n  use({SECRETS[what]}) # after\nlast"
    clean = redact(source)
    assert any(f"[withheld {what} #1" in marker for marker in clean.withheld), clean.text
    assert all(secret not in clean.text for secret in clean.withheld.values())
    assert clean.text.count("\n") == source.count("\n")
    assert clean.text.startswith("before\n  use(") and clean.text.endswith("# after\nlast")
    assert restore(clean.text, clean.withheld) == source


HARMLESS = [
    'if text.startswith("-----BEGIN PRIVATE KEY-----"):\n    read(text)',
    'password = os.environ["PASSWORD"]',
    'password = "changeme"',
    'token = "next_page_token"',
    'api_key = "YOUR_API_KEY_1234"',
    'secret = "${SECRET_FROM_VAULT_1}"',
    "postgres://user:password@localhost/db",
    "import sk-learn; sk-folding-cube-animation-long-name",
    "sha256:9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c",
    "eyJ is how a token begins",
    '"integrity": "sha512-' + "aB3d" * 20 + '"',
    'key: "_EllipticCurvePrivateKey"',
    "API_KEY=os.environ1234567890",
    "Authorization: Bearer YOUR_TOKEN_1234567890",
    "the bearer brings gifts-and-other-things-of-all-kinds",
    "CACHE_KEY=v2-frontend-bundle-20240101",
    "make TOKEN=$CI_JOB_9f8e7d6c5b4a",
    "call(API_KEY=settings[0], PASSWORD=PASSWORD_FILE_1)",
    "TOKEN=/run/secrets/9f8e7d6c5b4a3928",
]


@pytest.mark.parametrize(
    ("source", "secret"),
    [
        ("DB_PASSWORD=Xk39sPq2vvR7", "Xk39sPq2vvR7"),
        ("export MY_API_KEY=9f8e7d6c5b4a39281716\n", "9f8e7d6c5b4a39281716"),
        ("+ENV SECRET_KEY_BASE=9f8e7d6c5b4a39281716a5b4", "9f8e7d6c5b4a39281716a5b4"),
        ("docker run -e TOKEN=aB3dE5fG7hJ9kL -it x", "aB3dE5fG7hJ9kL"),
        ("curl -H 'Authorization: Bearer 9f8e7d6c5b4a39281716a5b4'", "9f8e7d6c5b4a39281716a5b4"),
    ],
)
def test_what_stands_without_quotes_is_withheld_too(source: str, secret: str) -> None:
    clean = redact(source)
    assert list(clean.withheld.values()) == [secret] and restore(clean.text, clean.withheld) == source


@pytest.mark.parametrize("source", HARMLESS)
def test_what_is_harmless_stays_as_it_is(source: str) -> None:
    assert redact(source).text == source


def test_the_same_secret_has_one_marker_and_no_text_is_mistaken_for_it() -> None:
    secret = SECRETS["GitHub token"]
    clean = redact(f"{secret}\n{secret}\n[withheld GitHub token #1: quote as is]\n")
    (marker,) = clean.withheld
    assert clean.text.count(marker) == 2 and marker != "[withheld GitHub token #1: quote as is]"
    assert restore(clean.text, clean.withheld).count(secret) == 2


pieces = st.sampled_from([*SECRETS.values(), *HARMLESS, "\n", "İ", "x = 1", "'", '"', " "])


@given(st.lists(pieces, max_size=12).map("".join))
def test_nothing_is_lost_whatever_stands_together(source: str) -> None:
    clean = redact(source)
    assert restore(clean.text, clean.withheld) == source
    assert clean.text.count("\n") == source.count("\n")
    assert redact(clean.text).withheld == {} or clean.withheld


@pytest.mark.parametrize(
    "path",
    [
        *(".env", "a/.env.local", "prod.env", "x.pem", "id_rsa", ".ssh/config", ".aws/credentials", ".netrc"),
        *(".KUBE/config", "deep/.config/gcloud/x.json", "service-account-7.json", "terraform.tfstate"),
        *(
            ".git-credentials",
            "keys/server.key",
            ".env~",
            "#.env#",
            ".#.env",
            ".id_rsa.swp",
            "id_rsa.bak",
            "id_rsa~",
        ),
        *("x.pem.old", "server.key.orig.1", "a/serviceAccountKey.json", "shop-firebase-adminsdk-a1b2.json"),
    ],
)
def test_stores_of_secrets_are_never_sent(path: str) -> None:
    assert denied(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env.example~",
        ".env.example.bak",
        "a~",
        "main.py.orig",
        "#key.py#",
        "~",
        ".bak",
        "keys.py.1",
        "env.py",
        ".env.example",
        "id_rsa.pub",
        "environment.py",
        "src/credentials.py",
        "key.py",
        ".npmrc",
        "gcloud/x.py",
    ],
)
def test_what_only_sounds_like_it_may_be_sent(path: str) -> None:
    assert not denied(path)
