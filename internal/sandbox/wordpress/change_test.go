package wordpress_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"triage/internal/sandbox"
)

func TestUpdateTakesTheCallersAddress(t *testing.T) {
	b := open(t)
	const evidence = `,"more":{"ip":"203.0.113.9","agent":"Patient's phone","email":"p@example.test"}`
	path := b.say("a", evidence)
	r := b.post(path, `{"status":"hold"}`)
	b.want("ip is lost", r.at("author_ip"), "127.0.0.1")
	b.want("agent is lost", r.at("author_user_agent"), "box/1")
	b.want("email is not", r.at("author_email"), "p@example.test")
	path = b.say("b", evidence)
	const back = `"author_ip":"203.0.113.9","author_user_agent":"Patient's phone"`
	r = b.post(path, `{"status":"hold",`+back+`}`)
	b.want("unless sent along", fmt.Sprint(r.at("author_ip"), r.at("author_user_agent"), r.at("status")), "203.0.113.9Patient's phonehold")
	b.want("state", b.state(path)["hidden"], true)
	nobody := b.say("c", `,"more":{"ip":"","agent":""}`)
	b.want("an unknown address", b.get(nobody+"?context=edit").at("author_ip"), "")
	b.want("cannot be sent back", b.post(nobody, `{"status":"hold","author_ip":""}`).at("data", "details", "author_ip", "code"), "rest_invalid_ip")
	b.want("an empty agent is none", b.post(nobody, `{"author_user_agent":""}`).at("author_user_agent"), "box/1")
}

func TestStatuses(t *testing.T) {
	b := open(t)
	path := b.say("a", "")
	for i, c := range []struct{ send, want string }{
		{"hold", "hold"}, {"hold", "hold"}, {"approved", "approved"}, {"approve", "approved"}, {"0", "hold"}, {"1", "approved"}, {"HOLD", "hold"},
		{"visible", "hold"}, {"spam", "spam"}, {"spam", "spam"}, {"unspam", "hold"}, {"approve", "approved"}, {"spam", "spam"}, {"unspam", "approved"},
		{"trash", "trash"}, {"untrash", "approved"}, {"spam", "spam"}, {"trash", "trash"}, {"untrash", "spam"}, {"approved", "approved"}, {"unspam", "hold"},
	} {
		r := b.post(path, `{"status":"`+c.send+`"}`)
		b.want(fmt.Sprint(i, c.send), fmt.Sprint(r.status, r.at("status")), "200"+c.want)
		b.want("hidden", b.state(path)["hidden"], c.want == "hold")
		b.want("deleted", b.state(path)["deleted"], c.want == "trash")
		b.want("read again", b.get(path).at("status"), c.want)
	}
}

func TestUpdate(t *testing.T) {
	b := open(t)
	path := b.say("a < b", "")
	id := number(path)
	r := b.send("PUT", path, `{"content":"edited & <u>kept</u>","author_name":"Sam","author_url":"https://sam.example","parent":987654,"date":"2026-08-01T00:00:00"}`)
	b.want("content", r.at("content", "raw"), "edited &amp; kept")
	b.want("name", r.at("author_name"), "Sam")
	b.want("url", r.at("author_url"), "https://sam.example")
	b.want("parent", r.at("parent"), 987654.0)
	b.want("date", r.at("date_gmt"), "2026-08-01T04:00:00")
	b.want("text", b.state(path)["text"], "edited & <u>kept</u>")
	b.patch(path, `{"text":"by its author"}`)
	b.want("edited", b.send("PATCH", path, `{}`).at("content", "raw"), "by its author")
	for _, c := range []struct{ role, body, code string }{
		{"", `{"status":"hold"}`, "401 rest_cannot_edit"},
		{"author", `{"status":"hold"}`, "403 rest_cannot_edit"},
		{"editor", `{"content":""}`, "400 rest_comment_content_invalid"},
		{"editor", `{"content":"` + strings.Repeat("x", 65526) + `"}`, "400 comment_content_column_length"},
		{"editor", `{"type":"note"}`, "404 rest_comment_invalid_type"},
		{"editor", `{"post":999}`, "403 rest_comment_invalid_post_id"},
		{"editor", `{"author":1}`, "501 sandbox_not_played"},
		{"editor", `{`, "400 rest_invalid_json"},
		{"editor", `{"parent":"x"}`, "400 rest_invalid_param"},
	} {
		b.as(c.role)
		r := b.post(path, c.body)
		b.want(c.code, fmt.Sprint(r.status, " ", r.at("code")), c.code)
	}
	b.want("nothing of that was done", b.get(path).at("status"), "approved")
	b.says("unknown", b.post(comments+"/9"+id, `{"status":"hold"}`), 404, "rest_comment_invalid_id")
}

func TestDelete(t *testing.T) {
	b := open(t)
	path, second := b.say("a", ""), b.say("b", "")
	b.as("author")
	b.says("not by others", b.send("DELETE", path, ""), 403, "rest_cannot_delete")
	b.as("editor")
	b.says("a list has no PUT", b.send("PUT", comments, `{}`), 404, "rest_no_route")
	b.says("force is true or false", b.send("DELETE", path+"?force=maybe", ""), 400, "rest_invalid_param")
	b.says("trash", b.send("DELETE", path, ""), 200, `"status":"trash"`)
	b.says("again", b.send("DELETE", path, ""), 410, "rest_already_trashed")
	r := b.post(path+"?_method=DELETE&force=true", "")
	b.want("for good", r.at("deleted"), true)
	b.want("previous", r.at("previous", "status"), "trash")
	b.want("without links", r.at("previous", "_links"), nil)
	for _, method := range []string{"GET", "POST", "DELETE"} {
		b.says(method+" what is gone", b.send(method, path, ""), 404, "rest_comment_invalid_id")
	}
	b.turn("trash", "off")
	b.header.Set("X-HTTP-Method-Override", "delete")
	b.says("no trash", b.post(second, ""), 501, "rest_trash_not_supported")
	b.says("for good", b.post(second, `{"force":true}`), 200, `"deleted":true`)
	b.want("state", b.state(second)["deleted"], true)
}

func TestControlRefuses(t *testing.T) {
	b := open(t)
	for more, why := range map[string]string{
		`"more":{"stars":"5"}`:       "more.stars is unknown",
		`"more":{"status":"public"}`: "one of: approved",
		`"more":{"ip":"here"}`:       "no address",
		`"more":{"user":"Pat"}`:      "number of a user",
		`"media":"photo"`:            "has no photo",
		`"post":"New","kind":"dark"`: "only the practice posts",
	} {
		b.says(more, b.post("/_sandbox/comments", `{"platform":"wordpress","text":"x",`+more+`}`), 400, why)
	}
	colleague := b.say("mine", `,"author":"Dr. Alvarez","more":{"user":"1","url":"https://cedar.example"}`)
	r := b.get(colleague)
	b.want("a colleague", fmt.Sprint(r.at("author"), r.at("author_name"), r.at("author_url")), "1Dr. Alvarezhttps://cedar.example")
	b.want("nobody's name", b.get(b.say("x", `,"author":""`)).at("author_name"), "")
}

// What was written survives a kill, the trash included.
func TestRestart(t *testing.T) {
	b, dir := open(t), t.TempDir()
	start := func() (stop func()) {
		s, err := sandbox.New(sandbox.Options{Now: b.now, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		web := httptest.NewServer(s)
		b.url = web.URL
		return func() { web.Close(); _ = s.Close() }
	}
	stop := start()
	b.turn("zone", "UTC")
	held, trashed, back := b.say("a", ""), b.say("b", ""), b.say("c", "")
	b.post(held, `{"status":"hold"}`)
	b.send("DELETE", trashed, "")
	b.send("DELETE", back, "")
	b.post(back, `{"status":"untrash"}`)
	stop()
	defer start()()
	b.want("held", b.get(held).at("status"), "hold")
	b.want("trash", b.get(trashed).at("status"), "trash")
	b.want("taken out", b.get(back).at("status"), "approved")
	b.want("zone", b.get(held).at("date"), "2026-09-01T10:00:00")
}
