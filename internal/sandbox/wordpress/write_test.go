package wordpress_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// body is what creates a comment on the post of another; more is the rest of the JSON.
func (b *box) body(on, more string) string {
	b.Helper()
	return fmt.Sprintf(`{"post":%v%s}`, b.get(on).at("post"), more)
}

// state gives what the control shows of a comment.
func (b *box) state(path string) map[string]any {
	b.Helper()
	all, _ := b.get("/_sandbox/state").at("comments").([]any)
	for _, c := range all {
		if one := c.(map[string]any); one["id"] == number(path) {
			return one
		}
	}
	b.Fatalf("the state does not have %s", path)
	return nil
}

func TestReply(t *testing.T) {
	b := open(t)
	path := b.say("my rash", "")
	r := b.post(comments, b.body(path, `,"parent":`+number(path)+`,"content":"Please call us & ask."`))
	made := comments + "/" + fmt.Sprint(r.at("id"))
	b.want("status", r.status, 201)
	b.want("location", r.header.Get("Location"), b.url+made)
	for field, want := range map[string]any{"author": 2.0, "author_name": sandbox.PageName, "author_email": sandbox.WordPressEmail, "author_ip": "127.0.0.1",
		"author_user_agent": "box/1", "status": "approved", "date": "2026-09-01T06:00:00", "date_gmt": "2026-09-01T10:00:00", "type": "comment"} {
		b.want(field, r.at(field), want)
	}
	b.want("who moderates writes HTML as it is", r.at("content", "raw"), "Please call us & ask.")
	b.says("as PHP writes it", r, 201, `"meta":[]`)
	b.says("as PHP writes it", r, 201, `http:\/\/`)
	replies, _ := b.state(path)["replies"].([]any)
	if len(replies) != 1 || replies[0].(map[string]any)["text"] != "Please call us & ask." || replies[0].(map[string]any)["by"] != sandbox.PageName {
		t.Errorf("the state has %v", replies)
	}
	b.send("DELETE", made, "")
	if replies, _ = b.state(path)["replies"].([]any); len(replies) != 0 {
		t.Errorf("in the trash, but the state has %v", replies)
	}
	b.post(made, `{"status":"untrash"}`)
	if replies, _ = b.state(path)["replies"].([]any); len(replies) != 1 {
		t.Errorf("taken out of the trash, but the state has %v", replies)
	}
}

// shutPosts makes posts that cannot be commented on by all and gives a comment on
// each, by what makes it so.
func (b *box) shutPosts() map[string]string {
	b.Helper()
	posts := map[string]string{}
	for _, more := range []string{`"status":"draft"`, `"status":"trash"`, `"status":"private"`, `"comments":"closed"`, `"password":"x"`} {
		id := b.newPost(fmt.Sprint("Post ", len(posts)))
		b.patch("/"+id, `{"more":{`+more+`}}`)
		posts[more] = fmt.Sprintf(`{"post":%s,"content":"x"}`, id)
	}
	return posts
}

// refusal is what a role may not create.
type refusal struct{ role, body, code string }

func (b *box) refuses(all []refusal) {
	b.Helper()
	for _, c := range all {
		b.as(c.role)
		r := b.post(comments, c.body)
		b.want(c.role+" "+c.body[:min(len(c.body), 80)], fmt.Sprint(r.status, " ", r.at("code")), c.code)
		b.want(c.code, r.at("data", "status"), float64(r.status))
	}
}

func TestCreateRefuses(t *testing.T) {
	b := open(t)
	path := b.say("a", `,"author":"Pat Example","more":{"email":"pat@example.test"}`)
	b.post(comments, b.body(path, `,"content":"said"`))
	posts := b.shutPosts()
	b.wait(time.Minute)
	long := strings.Repeat("é", 65525/2+1)
	b.refuses([]refusal{
		{"", b.body(path, `,"content":"x"`), "401 rest_comment_login_required"},
		{"editor", `{"content":"x"}`, "403 rest_comment_invalid_post_id"},
		{"editor", `[1]`, "403 rest_comment_invalid_post_id"},
		{"editor", `{"post":999,"content":"x"}`, "403 rest_comment_invalid_post_id"},
		{"editor", `{"post":` + number(path) + `,"content":"x"}`, "403 rest_comment_invalid_post_id"},
		{"editor", posts[`"status":"draft"`], "403 rest_comment_draft_post"},
		{"editor", posts[`"status":"trash"`], "403 rest_comment_trash_post"},
		{"administrator", posts[`"comments":"closed"`], "403 rest_comment_closed"},
		{"subscriber", posts[`"status":"private"`], "403 rest_cannot_read_post"},
		{"subscriber", posts[`"password":"x"`], "403 rest_cannot_read_post"},
		{"editor", `{"post":4,`, "400 rest_invalid_json"},
		{"editor", `{"post":4} {}`, "400 rest_invalid_json"},
		{"editor", b.body(path, ``), "400 rest_comment_content_invalid"},
		{"editor", b.body(path, `,"content":"  \n "`), "400 rest_comment_content_invalid"},
		{"editor", b.body(path, `,"content":{"raw":7}`), "400 rest_comment_content_invalid"},
		{"editor", b.body(path, `,"content":"`+long+`"`), "400 comment_content_column_length"},
		{"editor", b.body(path, `,"content":"x","author_name":"`+long[:246]+`","author_email":"a@b.test"`), "400 comment_author_column_length"},
		{"editor", b.body(path, `,"content":"x","author_name":"N"`), "400 rest_comment_author_data_required"},
		{"editor", b.body(path, `,"content":"x","author":99`), "400 rest_comment_author_invalid"},
		{"editor", b.body(path, `,"content":"x","id":5`), "400 rest_comment_exists"},
		{"editor", b.body(path, `,"content":"x","type":"note"`), "400 rest_invalid_comment_type"},
		{"editor", b.body(path, `,"content":"x","parent":"top"`), "400 rest_invalid_param"},
		{"editor", b.body(path, `,"content":"x","author_ip":"here"`), "400 rest_invalid_param"},
		{"editor", b.body(path, `,"content":"x","status":1`), "400 rest_invalid_param"},
		{"editor", b.body(path, `,"content":"x","date":"soon"`), "400 rest_invalid_param"},
		{"editor", b.body(path, `,"content":"said"`), "409 comment_duplicate"},
		{"subscriber", b.body(path, `,"content":"said"`), "409 comment_duplicate"},
		{"author", b.body(path, `,"content":"x","status":"approved"`), "403 rest_comment_invalid_status"},
		{"author", b.body(path, `,"content":"x","author":1`), "403 rest_comment_invalid_author"},
		{"author", b.body(path, `,"content":"x","author_ip":"203.0.113.9"`), "403 rest_comment_invalid_author_ip"},
	})
}

func TestCreateTakes(t *testing.T) {
	b := open(t)
	path := b.say("a", "")
	other := b.newPost("Other")
	for _, c := range []struct {
		more, field string
		want        any
	}{
		{`"content":"orphan","parent":987654`, "parent", 987654.0},
		{`"content":"parent of another post","post":` + other + `,"parent":` + number(path), "post", other},
		{`"content":"same text","parent":` + number(path), "status", "approved"},
		{`"content":"same text"`, "status", "approved"}, // elsewhere
		{`"content":{"raw":" trimmed "}`, "content", "map[raw:trimmed rendered:<p>trimmed</p>\n]"},
		{`"content":"held","status":"hold"`, "status", "hold"},
		{`"content":"unknown word","status":"visible"`, "status", "approved"},
		{`"content":"into the trash","status":"trash"`, "status", "trash"},
		{`"content":"for another","author":1`, "author", 1.0},
		{`"content":"as nobody","author_name":"Front desk","author_email":"desk@cedar.example"`, "author", 0.0},
		{`"content":"local","date":"2026-01-02T03:04:05"`, "date_gmt", "2026-01-02T08:04:05"},
		{`"content":"utc","date_gmt":"2026-07-02T03:04:05"`, "date", "2026-07-01T23:04:05"},
		{`"content":"both","date":"2026-07-02T03:04:05.5+02"`, "date", "2026-07-01T21:04:05"},
		{`"content":"ip","author_ip":"203.0.113.50","author_user_agent":"Desk"`, "author_user_agent", "Desk"},
	} {
		r := b.post(comments, strings.Replace(b.body(path, ","+c.more), "{", `{"x":0,`, 1))
		b.want(c.more, r.status, 201)
		b.want(c.more, fmt.Sprint(r.at(c.field)), fmt.Sprint(c.want))
	}
	b.header.Set("Content-Type", "application/x-www-form-urlencoded")
	r := b.post(comments, fmt.Sprintf("post=%s&content=a+form+%%26+more", other))
	b.want("form", r.at("content", "raw"), "a form & more")
	r = b.post(comments+"?content=in+the+query", "post="+other)
	b.want("query", r.at("content", "raw"), "in the query")
}

func TestFlood(t *testing.T) {
	b := open(t)
	path := b.say("a", "")
	b.as("subscriber")
	b.want("first", b.post(comments, b.body(path, `,"content":"one"`)).status, 201)
	b.wait(14 * time.Second)
	r := b.post(comments, b.body(path, `,"content":"two"`))
	b.says("too soon", r, 400, "comment_flood")
	b.wait(time.Second)
	r = b.post(comments, b.body(path, `,"content":"two"`))
	b.want("after 15 seconds", r.status, 201)
	b.want("not for editing", r.at("author_ip"), nil)
	b.as("editor")
	for i := range 3 {
		b.want("who moderates may", b.post(comments, b.body(path, fmt.Sprintf(`,"content":"quick %d"`, i))).status, 201)
	}
}

func TestModeration(t *testing.T) {
	b := open(t)
	before := b.say("before", "")
	b.turn("moderation", "on")
	visitors, ours, late := b.say("visitor", ""), b.say("staff", `,"author":"2"`), b.say("let through", `,"more":{"status":"approved"}`)
	for path, want := range map[string]string{before: "approved", visitors: "hold", ours: "approved", late: "approved"} {
		b.want(path, b.get(path).at("status"), want)
	}
	b.want("hidden", b.state(visitors)["hidden"], true)
	b.want("ours is the practice's", b.get(ours).at("author"), 2.0)
	b.patch(visitors, `{"hidden":false}`)
	b.want("approved later, with its old number", b.found(comments+"?orderby=id", before, visitors), "??ba")
	b.want("who moderates", b.post(comments, b.body(before, `,"content":"at once"`)).at("status"), "approved")
	b.want("without the user", b.post(comments, b.body(before, `,"content":"held","author_name":"N","author_email":"n@x.test"`)).at("status"), "hold")
	b.as("author")
	b.wait(time.Minute)
	b.want("another role", b.post(comments, b.body(before, `,"content":"waits"`)).at("status"), "hold")
	post := fmt.Sprint(b.get(before).at("post"))
	b.patch("/"+post, `{"more":{"user":"2"}}`)
	b.wait(time.Minute)
	b.want("but on its own post", b.post(comments, b.body(before, `,"content":"own post"`)).at("status"), "approved")
	r := b.post(before, `{"status":"hold","author_ip":"203.0.113.9"}`)
	b.want("and there it also holds others, whose address it cannot keep", fmt.Sprint(r.at("status"), r.at("author_ip")), "hold127.0.0.1")
}
