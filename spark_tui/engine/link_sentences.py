"""What a person reads when a server says no: every error in one sentence that names what to do."""

from spark_tui.core.wire import WireFault
from spark_tui.core.wire.refusals import span

_PICK = "pick another one ('spark-tui models' lists what answers)"
_POLICY = "{place} refuses this by its policy: ask in other words"
_SIGN_IN = "{place} does not accept the sign-in: sign in again"
_SENTENCES = {
    "context_length_exceeded": "the conversation no longer fits into the model: begin a new one or send less",
    "insufficient_quota": "the quota is used up: check the billing of your account",
    "usage_limit_reached": "the usage limit of your plan is reached: use another lane or provider meanwhile",
    "usage_not_included": f"your plan does not include this model: {_PICK}",
    "model_not_found": f"{{place}} does not have this model: {_PICK}",
    "flex_unavailable": "the service tier is not to be had now: set another service_tier in config.toml",
    "invalid_prompt": _POLICY,
    "bio_policy": _POLICY,
    "cyber_policy": _POLICY,
    "misalignment_policy_violation": _POLICY,
    "server_is_overloaded": "{place} is overloaded: ask again later, or use the other lane",
    "slow_down": "{place} asks for fewer requests: wait a little",
    "rate_limit_exceeded": "{place} asks for fewer requests: wait a little",
    "server_error": "{place} failed: ask again",
    "unknown_error": "{place} gave up: ask again",
    "invalid_api_key": "{place} refuses the key: check it",
    "subscription_sharing_user_not_eligible": "your plan can't be used here: use an API key",
    "subscription_sharing_usage_limit_exceeded": "the usage limit of your plan is reached: see "
    "https://chatgpt.com/settings/usage",
    "subscription_sharing_usage_unavailable": "{place} can't look up your plan now: ask again later",
    "subscription_sharing_user_unavailable": "{place} can't look up your plan now: ask again later",
    "subscription_sharing_unsupported_capability": "{place} does not take a setting of this request on your plan",
    "subscription_sharing_route_not_supported": "{place} is not open to your plan: use an API key",
    "subscription_sharing_invalid_user": _SIGN_IN,
    "chatpass_v2_scope_not_authorized": _SIGN_IN,
    "chatpass_v2_invalid_authorization_context": _SIGN_IN,
}
"""By the code that the server gives."""

_BY_STATUS = {
    401: "{place} refuses the key: check it",
    403: "{place} does not allow this: check what your key may do",
    404: f"{{place}} does not know this: check base_url, or {_PICK}",
}
_STOPPED = {
    "max_output_tokens": "the answer reached its largest size and stops here: ask to go on",
    "content_filter": "the provider's filter stopped the answer: ask in other words",
    "max_messages": "the server ended the answer after its largest number of messages: ask to go on",
    "interrupted": "the answer was interrupted: ask again",
}
"""By the reason that the server gives."""
_LONGEST_QUOTE = 300


def fault_sentence(fault: WireFault, place: str, now: float) -> str:
    """Say what an error means; what the server said stands behind it, and `now` is in seconds since the epoch."""
    known = _SENTENCES.get(fault.code) or _BY_STATUS.get(fault.status or 0)
    quote = " ".join(fault.message.split())[:_LONGEST_QUOTE]
    if known is None:
        return f"{place}: {quote or fault.code}"
    sentence = known.replace("{place}", place)
    if fault.resets_at is not None:
        sentence += f"; it is back in {span(max(fault.resets_at - now, 0.0))}"
    elif fault.retry_after is not None:
        sentence += f"; it wants {span(fault.retry_after)} of rest"
    return f"{sentence} ({quote})" if quote else sentence


def brief(fault: WireFault, place: str) -> str:
    """Say what happened without what to do, for a trouble that is being dealt with."""
    known = _SENTENCES.get(fault.code)
    return known.partition(": ")[0].replace("{place}", place) if known else fault_sentence(fault, place, 0.0)


def stopped_early(reason: str) -> str:
    """Say why a server ended a response before it was complete."""
    known = _STOPPED.get(reason)
    return known or (
        f"the model stopped early ({reason}): ask to go on" if reason else "the model stopped early"
    )


def enough(sentence: str, tries: int) -> str:
    """Say that it was tried in vain, if it was."""
    return f"{sentence}; tried {tries + 1} times" if tries > 1 else sentence
