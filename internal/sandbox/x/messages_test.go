package x_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// author is the id of who wrote a post.
func (b *box) author(post string) string {
	b.Helper()
	id, _ := b.get("/2/tweets/"+post+"?expansions=author_id").at("data", "author_id").(string)
	return id
}

func (b *box) tell(to, body string) reply {
	b.Helper()
	return b.send("POST", "/2/dm_conversations/with/"+to+"/messages", body)
}

func TestDirectMessages(t *testing.T) {
	b := open(t)
	b.say("first", `,"author":"Pat"`)
	id := b.say("my rash", `,"author":"Pat"`)
	closed := b.say("closed", `,"author":"Kim","more":{"dm":"closed"}`)
	r := b.tell(b.author(id), `{"text":"Hello Pat"}`)
	b.want("sent", r.status, 201)
	talk, _ := r.at("data", "dm_conversation_id").(string)
	if !strings.Contains(talk, sandbox.XUserID) || !strings.Contains(talk, b.author(id)) {
		t.Errorf("the conversation is %q", talk)
	}
	b.want("kept with her newest post", b.get("/_sandbox/state").at("comments", 1, "private", 0, "text"), "Hello Pat")
	b.says("closed", b.tell(b.author(closed), `{"text":"Hello"}`), 403, "You do not have permission to DM one or more participants.")
	b.says("nobody", b.tell("5", `{"text":"Hello"}`), 403, "permission to DM")
	b.says("ourselves", b.tell(sandbox.XUserID, `{"text":"Hello"}`), 403, "permission to DM")
	b.says("empty", b.tell(b.author(id), `{}`), 400, "$.text")
	b.says("unknown", b.tell(b.author(id), `{"text":"a","to":"b"}`), 400, "$.to")
	b.turn("dm", "closed")
	b.want("a conversation is open already", b.tell(b.author(id), `{"text":"Again"}`).status, 201)
	b.says("all closed", b.tell(b.author(b.say("x", `,"author":"Lee"`)), `{"text":"Hello"}`), 403, "permission")
}

func talk(person string) string { return "/2/dm_conversations/with/" + person + "/dm_events" }

// texts are those of the messages in data.
func (r reply) texts() string {
	var out []string
	list, _ := r.at("data").([]any)
	for _, one := range list {
		out = append(out, fmt.Sprint(at(one, "text")))
	}
	return strings.Join(out, "|")
}

// Messages of both are there, newest first, with what was asked for.
func TestConversation(t *testing.T) {
	b := open(t)
	id := b.say("my rash", `,"author":"Pat","more":{"message":"May I ask <something>?"}`)
	pat := b.author(id)
	kim := b.author(b.say("me too", `,"author":"Kim"`))
	b.want("nothing", fmt.Sprint(b.get(talk(kim)).body), "map[meta:map[result_count:0]]")
	sent := b.tell(pat, `{"text":"Please call us & ask: https://clinic.example/book"}`)
	b.tell(pat, `{"text":"In the same second"}`)
	b.tell(kim, `{"text":"Hello Kim"}`)
	r := b.get(talk(pat))
	b.want("newest first", r.texts(), "In the same second|Please call us &amp; ask: "+r.link()+"|May I ask &lt;something&gt;?")
	b.want("the id that it was sent under", r.at("data", 1, "id"), sent.at("data", "dm_event_id"))
	b.want("usual fields", len(r.at("data", 0).(map[string]any)), 3)
	b.want("kind", r.at("data", 0, "event_type"), "MessageCreate")
	b.want("everybody's", len(b.get("/2/dm_events").at("data").([]any)), 4)

	r = b.get(talk(pat) + "?dm_event.fields=created_at,dm_conversation_id,sender_id,entities,participant_ids&expansions=sender_id&user.fields=username")
	b.want("by us", r.at("data", 1, "sender_id"), sandbox.XUserID)
	b.want("by her", r.at("data", 2, "sender_id"), pat)
	b.want("a minute before her post", r.at("data", 2, "created_at"), "2026-09-01T09:59:00.000Z")
	b.want("at once", r.at("data", 1, "created_at"), "2026-09-01T10:00:00.000Z")
	b.want("one after the other", r.at("data", 0, "created_at"), "2026-09-01T10:00:00.001Z")
	b.want("conversation", r.at("data", 2, "dm_conversation_id"), sent.at("data", "dm_conversation_id"))
	b.want("address", r.at("data", 1, "entities", "urls", 0, "expanded_url"), "https://clinic.example/book")
	b.want("people", fmt.Sprint(r.at("includes", "users", 0, "username"), " ", r.at("includes", "users", 1, "username")), sandbox.XUsername+" pat")

	b.send("DELETE", "/_sandbox/comments/"+id, "")
	b.want("messages outlive the post", len(b.get(talk(pat)).at("data").([]any)), 3)
	b.wait(30 * 24 * time.Hour)
	b.want("but not thirty days", b.get(talk(pat)).texts(), "In the same second|Please call us &amp; ask: "+r.link())
	b.wait(time.Hour)
	b.want("gone", b.get("/2/dm_events").at("data"), nil)
}

// link is the shortened address in the newest message but one.
func (r reply) link() string {
	_, link, _ := strings.Cut(fmt.Sprint(r.at("data", 1, "text")), "ask: ")
	return link
}

func TestPagesOfMessages(t *testing.T) {
	b := open(t)
	pat := b.author(b.say("my rash", `,"author":"Pat"`))
	for i := range 5 {
		b.tell(pat, fmt.Sprintf(`{"text":"%d"}`, i))
	}
	first := b.get(talk(pat) + "?max_results=2")
	turn := func(r reply, to string) reply {
		return b.get(talk(pat) + "?max_results=2&pagination_token=" + fmt.Sprint(r.at("meta", to)))
	}
	b.want("first", first.texts(), "4|3")
	b.want("count", first.at("meta", "result_count"), 2.0)
	b.want("first has none before", first.at("meta", "previous_token"), nil)
	b.tell(pat, `{"text":"5"}`)
	second := turn(first, "next_token")
	b.want("pages do not shift", second.texts(), "2|1")
	last := turn(second, "next_token")
	b.want("last", last.texts(), "0")
	b.want("last has no next", last.at("meta", "next_token"), nil)
	b.want("back", turn(last, "previous_token").texts(), "2|1")
	b.want("usually up to 100", b.get(talk(pat)).texts(), "5|4|3|2|1|0")
	b.want("kind", b.get(talk(pat)+"?event_types=MessageCreate&max_results=1").texts(), "5")
	b.want("nobody joins two", b.get(talk(pat)+"?event_types=ParticipantsJoin,ParticipantsLeave").at("meta", "result_count"), 0.0)
	for _, wrong := range []string{"max_results=0", "max_results=101", "event_types=Typing", "dm_event.fields=colour", "expansions=author_id", "since_id=1", "pagination_token=x"} {
		b.says(wrong, b.get(talk(pat)+"?"+wrong), 400, "invalid-request")
	}
	b.says("no id", b.get(talk("pat")), 400, "participant_id")
	b.turn("spelling", "post")
	b.says("only an expansion tells the sender", b.get(talk(pat)+"?dm_event.fields=sender_id"), 400, "dm_event.fields")
	b.want("as here", b.get(talk(pat)+"?expansions=sender_id").at("data", 0, "sender_id"), sandbox.XUserID)
}

// Who wrote first can be answered, however closed she is.
func TestAPersonWroteFirst(t *testing.T) {
	b := open(t)
	b.turn("dm", "closed")
	id := b.say("my rash", `,"author":"Pat"`)
	pat := b.author(id)
	b.says("closed", b.tell(pat, `{"text":"Hello"}`), 403, "permission")
	b.send("PATCH", "/_sandbox/comments/"+id, `{"more":{"message":"It is me","message_at":"2026-09-01T12:00:30+02:00"}}`)
	b.wait(30 * time.Second)
	b.want("after she wrote", b.tell(pat, `{"text":"Hello"}`).status, 201)
	r := b.get(talk(pat) + "?dm_event.fields=created_at")
	b.want("ours is newer, though in the same second", r.texts(), "Hello|It is me")
	b.want("when", r.at("data", 1, "created_at"), "2026-09-01T10:00:30.000Z")
	second := b.say("me too", `,"author":"Kim","more":{"dm":"open"}`)
	kim := b.author(second)
	b.tell(kim, `{"text":"Hello"}`)
	b.send("PATCH", "/_sandbox/comments/"+second, `{"more":{"message":"At the same time","message_at":"2026-09-01T10:00:30Z"}}`)
	r = b.get(talk(kim))
	b.want("ids at the same time", r.at("data", 0, "id") != r.at("data", 1, "id"), true)
	b.want("the text of the post is what it was", b.get("/_sandbox/state").at("comments", 0, "text"), "my rash")
}

func TestWhoMayReadMessages(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		token, says string
		status      int
	}{
		{sandbox.XUserToken, "meta", 200},
		{sandbox.XAppToken, "unsupported-authentication", 403},
		{sandbox.XPersonToken, "not permitted", 403},
		{sandbox.XExpiredToken, "Unauthorized", 401},
	} {
		b.token = "Bearer " + c.token
		b.says(c.token, b.get("/2/dm_events"), c.status, c.says)
	}
	b.token = "Bearer " + sandbox.XUserToken
	b.turn("account", "automated")
	b.want("reading goes on", b.get("/2/dm_events").status, 200)
	for range 299 {
		b.get(talk("7"))
	}
	b.says("one limit for both", b.get(talk("7")), 429, "Too Many Requests")
	b.turn("access", "read-write")
	b.says("access", b.get("/2/dm_events"), 403, "not permitted")
}
