"""Writes a session report with LiveKit Agents' own serialiser, as an agent posts it."""
import asyncio, json, math, sys
from importlib.metadata import version

from livekit.agents import AgentSession
from livekit.agents.llm import (
    AgentConfigUpdate, AgentHandoff, AudioContent, ChatContext, ChatMessage, FunctionCall,
    FunctionCallOutput, ImageContent)
from livekit.agents.metrics import LLMModelUsage, STTModelUsage, TTSModelUsage
from livekit.agents.metrics.usage import EOTModelUsage, InterruptionModelUsage
from livekit.agents.voice.events import CloseEvent, CloseReason, ConversationItemAddedEvent
from livekit.agents.voice.report import SessionReport

AT = 1764150000.0


async def main() -> None:
    session = AgentSession()
    items = [
        AgentConfigUpdate(id="item_config", instructions="Be brief.", tools_added=["track_parcel"],
                          created_at=AT),
        ChatMessage(id="item_dev", role="developer", content=["Greet the caller."],
                    created_at=AT + 0.25),
        ChatMessage(id="item_hello", role="assistant", content=["Hello!", "How can I help?"],
                    created_at=AT + 1.123456,
                    metrics={"started_speaking_at": AT + 1.2, "stopped_speaking_at": AT + 3,
                             "llm_node_ttft": 0.412, "tts_node_ttfb": 0.2, "e2e_latency": 0.9876,
                             "provider_request_ids": ["req_1"],
                             "llm_metadata": {"model_name": "gpt-4.1", "model_provider": "openai"},
                             "tts_metadata": {"model_name": "sonic", "model_provider": "cartesia"}}),
        ChatMessage(id="item_where", role="user", content=["Where is my parcel? \u00e9\U0001F4E6"],
                    created_at=AT + 6.5, transcript_confidence=0.93,
                    metrics={"started_speaking_at": AT + 4, "stopped_speaking_at": AT + 6,
                             "transcription_delay": 0.3, "end_of_turn_delay": math.nan,
                             "stt_metadata": {"model_name": "nova-3", "model_provider": "deepgram"}}),
        FunctionCall(id="item_call", call_id="call_1", name="track_parcel",
                     arguments='{"number": "4711"}', created_at=AT + 7, group_id="grp_1",
                     extra={"google": {"thought_signature": "c2ln"}}),
        FunctionCallOutput(id="item_out", call_id="call_1", name="track_parcel",
                           output='{"state": "on its way"}', is_error=False, created_at=AT + 7.5),
        FunctionCall(id="item_call2", call_id="call_2", name="hang_up", arguments="{}",
                     created_at=AT + 7.6),
        FunctionCallOutput(id="item_out2", call_id="call_2", name="hang_up",
                           output="not allowed", is_error=True, created_at=AT + 7.7),
        ChatMessage(id="item_answer", role="assistant", content=["It comes to"], interrupted=True,
                    created_at=AT + 9.000001,
                    metrics={"llm_node_ttft": 0.5,
                             "llm_metadata": {"model_name": "gpt-4.1", "model_provider": "openai"}}),
        AgentHandoff(id="item_handoff", old_agent_id="greeter", new_agent_id="billing",
                     created_at=AT + 12),
        ChatMessage(id="item_picture", role="user",
                    content=["See:", ImageContent(id="img_1", image="https://example.com/a.png")],
                    created_at=AT + 13, extra={"note": "sent as a file"}),
        ChatMessage(id="item_empty", role="assistant", content=[], created_at=AT + 14),
    ]
    usage = [
        LLMModelUsage(provider="openai", model="gpt-4.1", input_tokens=1530, input_cached_tokens=1024,
                      output_tokens=87, output_reasoning_tokens=12),
        TTSModelUsage(provider="cartesia", model="sonic", characters_count=412, audio_duration=21.75),
        STTModelUsage(provider="deepgram", model="nova-3", audio_duration=34.5),
        InterruptionModelUsage(provider="livekit", model="adaptive", total_requests=7),
        EOTModelUsage(provider="livekit", model="turn-detector-v1", total_requests=9),
    ]
    report = SessionReport(
        job_id="AJ_python", room_id="RM_PythonReport", room="python-report", options=session.options,
        events=[ConversationItemAddedEvent(item=items[2], created_at=AT + 1.2),
                CloseEvent(reason=CloseReason.PARTICIPANT_DISCONNECTED, created_at=AT + 20)],
        chat_history=ChatContext(items), started_at=AT, duration=20.5, timestamp=AT + 21.5,
        model_usage=usage)
    report.agent_name = "parcels"
    report.sdk_version = version("livekit-agents")
    json.dump(report.to_dict(), sys.stdout)


asyncio.run(main())
