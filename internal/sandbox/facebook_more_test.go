package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFlagsOfOneComment(t *testing.T) {
	now := time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)
	b := open(t, Options{Now: func() time.Time { return now }})
	id := b.say(`{"platform":"facebook","text":"x","more":{"can_hide":"false","can_comment":"false","can_remove":"false","can_reply_privately":"false"}}`)
	out := b.get("/"+id, "fields=can_hide,can_comment,can_remove,can_reply_privately")
	for _, flag := range []string{"can_hide", "can_comment", "can_remove", "can_reply_privately"} {
		b.want(flag, out[flag], false)
	}
	b.set("facebook", "private-late", "10902")
	b.set("facebook", "recipient", "left-out")
	for _, c := range []struct {
		path string
		more []string
		code float64
	}{
		{"/" + id, []string{"is_hidden", "true"}, 200},
		{"/" + id + "/comments", []string{"message", "x"}, 200},
		{"/" + id, []string{"method", "DELETE"}, 200},
	} {
		_, out := b.graph("POST", c.path, form(c.more...))
		b.want(c.path, at(out, "error", "code"), c.code)
	}
	_, out = b.graph("POST", "/me/messages", privately(id, "x"))
	b.want("privately", at(out, "error", "code"), 10902.0)
	_, out = b.graph("POST", "/me/messages", privately(b.say(`{"platform":"facebook","text":"y"}`), "x"))
	if at(out, "message_id") == nil || at(out, "recipient_id") != nil {
		t.Errorf("answered %v", out)
	}
	if status, _ := b.do("POST", "/_sandbox/comments", `{"platform":"facebook","text":"x","more":{"can_fly":"true"}}`); status != 400 {
		t.Errorf("took what it does not know: %d", status)
	}
}

func TestEditedOrDeletedBetweenReadAndWrite(t *testing.T) {
	b := open(t, Options{})
	for platform, edge := range map[string]string{"facebook": "/comments", "instagram": "/replies"} {
		id := b.say(`{"platform":"` + platform + `","text":"before"}`)
		b.do("PATCH", "/_sandbox/comments/"+id, `{"text":"after"}`)
		out := b.get("/"+id, "fields="+map[string]string{"facebook": "message", "instagram": "text"}[platform])
		b.want("edited", fmt.Sprint(out["message"], out["text"]), map[string]string{"facebook": "after<nil>", "instagram": "<nil>after"}[platform])
		b.do("DELETE", "/_sandbox/comments/"+id, "")
		for _, path := range []string{"/" + id, "/" + id + edge} {
			_, out := b.graph("POST", path, form("message", "x", "hide", "true", "is_hidden", "true"))
			b.want("deleted", at(out, "error", "error_subcode"), 33.0)
		}
	}
}

func TestTotalIsTooBig(t *testing.T) {
	b := open(t, Options{})
	post, _ := b.thread(2)
	b.set("facebook", "total-too-big", "7")
	empty := at(b.get("/me/posts", "fields=comments.summary(true){id}"), "data", 0, "comments")
	b.want("total of nothing", at(empty, "summary", "total_count"), 7.0)
	b.want("total", at(b.get("/"+post+"/comments", "summary=true"), "summary", "total_count"), 9.0)
}

func TestListsInsideThePage(t *testing.T) {
	b := open(t, Options{})
	_, made := b.thread(2)
	out := b.get("/v26.0/me", "fields=name,feed.limit(1).since(1788000000).until(1788300000){id,comments.limit(1).order(reverse_chronological){id,message}},visitor_posts{id}")
	b.want("name", at(out, "name"), PageName)
	b.want("feed", at(out, "feed", "data", 0, "comments", "data", 0, "id"), made[1])
	b.want("an empty list is there", len(at(out, "visitor_posts", "data").([]any)), 0)
	b.want("no such field", at(b.get("/me", "fields=friends"), "error", "code"), 100.0)
}

func TestRecommendations(t *testing.T) {
	b := open(t, Options{})
	b.say(`{"platform":"facebook","text":"comment"}`)
	good := b.say(`{"platform":"facebook","text":"She cured my asthma","author":"Pat","more":{"recommendation":"positive"},"created":"2026-09-01T10:00:00Z"}`)
	bad := b.say(`{"platform":"facebook","text":"Never again","more":{"recommendation":"negative"}}`)
	const fields = "fields=created_time,recommendation_type,review_text,reviewer,has_review,open_graph_story{id,comments{id,message}}"
	b.want("ended", at(b.get("/v26.0/me/ratings", ""), "error", "code"), 12.0)
	b.want("not in an old version", at(b.get("/v21.0/me/ratings", ""), "error"), nil)
	b.set("facebook", "ratings", "served")
	list := b.get("/v26.0/me/ratings", fields)
	b.want("newest first", at(list, "data", 0, "review_text"), "Never again")
	b.want("type", at(list, "data", 0, "recommendation_type"), "negative")
	b.want("no id of its own", at(list, "data", 1, "id"), nil)
	b.want("reviewer", at(list, "data", 1, "reviewer", "name"), "Pat")
	b.want("story", at(list, "data", 1, "open_graph_story", "id"), good)
	_, out := b.graph("POST", "/v26.0/"+good+"/comments", form("message", "Thank you"))
	answer, _ := out["id"].(string)
	staff := b.say(`{"platform":"facebook","text":"We are sorry","author":"` + PageID + `","parent":"` + bad + `"}`)
	b.want("answered", ids(at(b.get("/me/ratings", fields), "data", 1, "open_graph_story", "comments", "data")), answer)
	b.want("by staff", ids(at(b.get("/"+bad+"/comments", ""), "data")), staff)
	b.want("the answer is under no comment", at(b.get("/"+answer, "fields=parent,object"), "parent"), nil)
	b.want("in the state", b.server.State().Comments[1].Replies[0].Text, "Thank you")
	for _, id := range strings.Fields(ids(at(b.get("/me/feed", ""), "data"))) {
		b.want("in no post", strings.Contains(fmt.Sprint(b.get("/"+id+"/comments", "filter=stream")), "asthma"), false)
	}
	_, out = b.graph("POST", "/me/messages", privately(good, "x"))
	b.want("not privately", at(out, "error", "error_subcode"), 2018292.0)
	_, out = b.graph("POST", "/"+good, form("is_hidden", "true"))
	b.want("not hidden", at(out, "error", "code"), 200.0)
	b.do("DELETE", "/_sandbox/comments/"+good, "")
	b.want("withdrawn", at(b.get("/"+good, ""), "error", "error_subcode"), 33.0)
}

func TestBatch(t *testing.T) {
	b := open(t, Options{})
	media, commented := b.media(1)
	id := b.say(`{"platform":"facebook","text":"x"}`)
	ops := `[{"method":"GET","relative_url":"v26.0/` + media + `/comments?fields=text"},
		{"relative_url":"7_7"},
		{"method":"post","relative_url":"` + id + `/comments","body":"message=Thank+you"},
		{"method":"GET","relative_url":"me?fields=id&access_token=` + InstagramToken + `"}]`
	b.set("facebook", "calls-a-day", "2")
	_, _, raw := b.raw("POST", "/v26.0/?batch="+form("b", ops).Encode()[2:], PageToken)
	var answers []struct {
		Code int
		Body string
	}
	if err := json.Unmarshal([]byte(raw), &answers); err != nil || len(answers) != 4 {
		t.Fatalf("answered %s, %v", raw, err)
	}
	for i, want := range []struct {
		code int
		says string
	}{{200, commented[0]}, {400, `"error_subcode":33`}, {200, `{"id":`}, {200, `"id"`}} {
		if answers[i].Code != want.code || !strings.Contains(answers[i].Body, want.says) {
			t.Errorf("%d: %+v", i, answers[i])
		}
	}
	b.want("written", b.server.State().Comments[1].Replies[0].Text, "Thank you")
	b.want("each is a call", at(b.get("/me", ""), "error", "code"), 80001.0)
	b.do("DELETE", "/_sandbox", "")
	_, _, raw = b.raw("POST", "/?"+form("batch", `[{"method":"POST","relative_url":"?batch=`+`%5B%7B%22relative_url%22%3A%22me%22%7D%5D"}]`).Encode(), PageToken)
	b.want("none within another", strings.Contains(raw, `"code":400`), true)
	for _, bad := range []string{`[]`, `{}`, `[` + strings.Repeat(`{"relative_url":"me"},`, 50) + `{}]`} {
		_, out := b.graph("POST", "/", form("batch", bad))
		b.want("batch "+bad[:2], at(out, "error", "code"), 100.0)
	}
	_, out := b.graph("POST", "/", form("batch", ops, "access_token", ExpiredToken))
	b.want("dead", at(out, "error", "error_subcode"), 463.0)
}
