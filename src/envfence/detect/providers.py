"""Providers and the form of their tokens: one row each, read by `provider`."""

from typing import NamedTuple


class Provider(NamedTuple):
    """How to know a provider's token: one of ``marks`` is in the file, ``pattern`` matches, then ``tail``.

    ``plugin`` is the detector of detect-secrets, module and class, that is used in place of ``pattern`` where it is
    installed; whatever it finds matches ``hint`` too, without which it is not loaded. ``is_often_shown``: documentation
    shows such tokens, expired or made up.
    """

    name: str
    marks: tuple[str, ...]
    pattern: str
    plugin: str = ""
    tail: str = ""
    hint: str = ""  # if ``pattern`` finds less than the plugin
    is_often_shown: bool = False


# A header alone is a text that says what keys look like; a key has a body, quoted, escaped or indented though it be.
_BODY = r"""(?:-----)?(?:\\[nr]|[\s"'+,\\|>]|[A-Z][\w-]{2,30}: [^\n\\]{1,80}+){0,60}+[A-Za-z0-9+/=]{32,}"""

PROVIDERS = (
    Provider(
        "a private key",
        ("PRIVATE KEY",),
        r"BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?",  # detect-secrets knows some of them
        tail=_BODY,
    ),
    Provider("a private key", ("PuTTY-User-Key-File",), r"PuTTY-User-Key-File-[23]: \S+"),
    Provider("an age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    Provider(
        "a JSON web token",
        ("eyJ",),
        r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.",
        "jwt.JwtTokenDetector",
        r"[\w-]{16,}",
        r"(?<![\w=-])(?=[\w=-]*?eyJ[\w=-]{7})[\w=-]++\.",
        is_often_shown=True,
    ),
    Provider(
        "an AWS key",
        ("AKIA", "ASIA", "ABIA", "ACCA", "aws_secret", "AWS_SECRET", "awsSecret", "AwsSecret"),
        r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}|(?i:aws_?secret.{0,20}?key).{0,20}?['\"][0-9a-zA-Z/+]{40}['\"]",
        "aws.AWSKeyDetector",
        hint=r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}|(?i:aws).{0,48}[\"'\\][0-9a-zA-Z/+]{40}[\"'\\]",
    ),
    Provider(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[A-Za-z0-9_]{36}",
        "github_token.GitHubTokenDetector",
    ),
    Provider("a GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{50,}"),
    Provider(
        "a GitLab token",
        (
            "glpat-",
            "gldt-",
            "glft-",
            "glsoat-",
            "glrt-",
            "glcbt-",
            "glimt-",
            "glptt-",
            "glagent-",
            "gloas-",
            "GR1348941",
        ),
        r"(?:gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-|GR1348941)[\w-]{20,}",
        "gitlab_token.GitLabTokenDetector",
        tail=r"[\w.-]{0,300}",
    ),
    Provider(
        "a Slack token",
        ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-", "hooks.slack.com/services/T"),
        r"xox[abposr]-(?:\d+-)+[A-Za-z0-9]+|https://hooks\.slack\.com/services/T\w+/B\w+/\w+",
        "slack.SlackDetector",
        hint=r"(?i:xox[abposr]-\d|hooks\.slack\.com/services/t)",
    ),
    Provider("a Slack token", ("xapp-",), r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}"),
    Provider(
        "a Stripe key",
        ("sk_live_", "rk_live_"),
        r"[rs]k_live_[0-9A-Za-z]{24}",
        "stripe.StripeDetector",
        r"[0-9A-Za-z]*",
    ),
    Provider(
        "an npm token", (":_authToken",), r"//[^\s/]+/\S{0,200}:_authToken=\s*[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4,12}){4}"
    ),
    Provider("an npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}"),
    Provider(
        "a PyPI token",
        ("pypi-AgE",),
        r"pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[\w-]{70,}",
        "pypi_token.PypiTokenDetector",
    ),
    Provider("a SendGrid key", ("SG.",), r"SG\.[\w-]{22}\.[\w-]{43}", "sendgrid.SendGridDetector"),
    Provider(
        "a Twilio key",
        ("wilio", "TWILIO"),
        r"(?:AC|SK)[a-f0-9]{32}",
        "twilio.TwilioKeyDetector",
        hint=r"(?:AC|SK)[a-z0-9]{32}",
    ),
    Provider(
        "a Telegram bot token",
        (":AA",),
        r"\d{8,10}:AA[\w-]{33}",
        "telegram_token.TelegramBotTokenDetector",
        hint=r"\d{8}:[\w-]{35}",
    ),
    Provider(
        "a Discord bot token",
        ("iscord", "DISCORD"),
        r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}",
        "discord.DiscordBotTokenDetector",
        tail=r"[\w-]*",
    ),
    Provider(
        "an Azure storage key",
        ("AccountKey=",),
        r"AccountKey=[A-Za-z0-9+/=]{88}",
        "azure_storage_key.AzureStorageKeyDetector",
    ),
    Provider("an Azure client secret", ("8Q~",), r"[\w~.-]{3}8Q~[\w~.-]{34}"),
    Provider(
        "an OpenAI key",  # the pattern of detect-secrets takes a second for a line of 40 kB
        ("T3BlbkFJ",),
        r"sk-[\w-]{0,100}[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
    ),
    Provider("an OpenAI key", ("sk-proj-", "sk-svcacct-"), r"sk-(?:proj|svcacct)-[\w-]{60,}"),
    Provider("an Anthropic key", ("sk-ant-",), r"sk-ant-[\w-]{80,}"),
    Provider("a Hugging Face token", ("hf_",), r"hf_[A-Za-z]{34}"),
    Provider("a Google API key", ("AIza",), r"AIza[\w-]{35}"),
    Provider("a Google client secret", ("GOCSPX-",), r"GOCSPX-[\w-]{28}"),
    Provider(
        "a Mailchimp key",
        tuple(f"-us{digit}" for digit in range(1, 10)),  # not -us-east
        r"[0-9a-f]{32}-us[0-9]{1,2}",
        "mailchimp.MailchimpDetector",
        hint=r"[0-9a-z]{32}-us[0-9]",
    ),
    Provider("a Square secret", ("sq0csp-",), r"sq0csp-[\w\\-]{43}", "square_oauth.SquareOAuthDetector"),
    Provider(
        "an Artifactory key",  # detect-secrets takes words such as APPEND2 for its passwords
        ("AKCp",),
        r"AKCp[A-Za-z0-9]{60,}",
    ),
    Provider("a Grafana token", ("glsa_",), r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    Provider("a DigitalOcean token", ("dop_v1_", "doo_v1_", "dor_v1_"), r"do[opr]_v1_[a-f0-9]{64}"),
    Provider("a Vault token", ("hvs.", "hvb."), r"hv[sb]\.[\w-]{90,}"),
    Provider("a Databricks token", ("dapi",), r"dapi[a-f0-9]{32}"),
    Provider("a Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
)
