package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"facebook","text":"a"}`)
	post, _, _ := strings.Cut(id, "_")
	list := "/" + PageID + "_" + post + "/comments"
	for _, c := range []struct {
		token, path  string
		code, sub    any
		found        int
		fields, says string
	}{
		{PageToken, list, nil, nil, 1, "id", ""},
		{UserToken, list, nil, nil, 0, "id", ""}, // a person's token sees no comments
		{ExpiredToken, list, 190.0, 463.0, 0, "", ""},
		{"nonsense", list, 190.0, nil, 0, "", ""},
		{UserToken, "/" + id, 100.0, 33.0, 0, "", ""},
		{UserToken, "/me", 100.0, nil, 0, "id,category", "nonexisting field (category)"},
		{PageToken, "/me/accounts", 100.0, nil, 0, "", "nonexisting field (accounts)"},
		{UserToken, "/me/accounts", nil, nil, 1, "", ""},
	} {
		_, out := b.graph("GET", c.path, url.Values{"access_token": {c.token}, "fields": {c.fields}})
		data, _ := out["data"].([]any)
		b.want(c.token+c.path+" code", at(out, "error", "code"), c.code)
		b.want(c.token+c.path+" subcode", at(out, "error", "error_subcode"), c.sub)
		b.want(c.token+c.path+" found", len(data), c.found)
		if says, _ := at(out, "error", "message").(string); !strings.Contains(says, c.says) {
			t.Errorf("%s %s says %q", c.token, c.path, says)
		}
	}
	_, out := b.do("GET", "/me", "")
	b.want("no token", at(out, "error", "code"), 104.0)
}

func TestTokenByHeaderAndProof(t *testing.T) {
	b := open(t, Options{})
	req, _ := http.NewRequest("GET", b.url+"/v26.0/me?fields=id,category", nil)
	req.Header.Set("Authorization", "Bearer "+PageToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	b.want("version", resp.Header.Get("facebook-api-version"), "v26.0")
	if u := resp.Header.Get("X-Business-Use-Case-Usage"); !strings.Contains(u, `"estimated_time_to_regain_access":0`) {
		t.Errorf("usage %q", u)
	}
	status, _ := b.graph("GET", "/me", url.Values{"appsecret_proof": {"wrong"}})
	b.want("wrong proof", status, 400)
	status, _ = b.graph("GET", "/me", url.Values{"appsecret_proof": {proof(AppSecret, PageToken)}})
	b.want("right proof", status, 200)
}

func TestDebugToken(t *testing.T) {
	b := open(t, Options{})
	for token, want := range map[string]string{PageToken: "PAGE true", UserToken: "USER true", ExpiredToken: "PAGE false", "x": "<nil> false"} {
		_, out := b.graph("GET", "/debug_token", url.Values{"input_token": {token}, "access_token": {AppID + "|" + AppSecret}})
		b.want(token, fmt.Sprint(at(out, "data", "type"), " ", at(out, "data", "is_valid")), want)
	}
}

// thread makes a post with n comments a minute apart and gives their ids.
func (b *box) thread(n int) (post string, made []string) {
	start := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		made = append(made, b.say(fmt.Sprintf(`{"platform":"facebook","text":"comment %d","post":"Thread","created":%q}`,
			i, start.Add(time.Duration(i)*time.Minute).Format(time.RFC3339))))
	}
	_, out := b.graph("GET", "/"+made[0], url.Values{"fields": {"object"}})
	return at(out, "object", "id").(string), made
}

func TestPagingHasShortAndEmptyPages(t *testing.T) {
	b := open(t, Options{})
	post, made := b.thread(6)
	for _, id := range made[:3] {
		b.do("DELETE", "/_sandbox/comments/"+id, "")
	}
	var pages []string
	form := url.Values{"limit": {"2"}, "fields": {"id"}, "summary": {"true"}}
	for {
		_, out := b.graph("GET", "/v26.0/"+post+"/comments", form)
		pages = append(pages, ids(out["data"]))
		b.want("total counts what is not shown", at(out, "summary", "total_count"), 6.0)
		next, _ := at(out, "paging", "next").(string)
		if at(out, "paging", "cursors", "after") == nil {
			t.Fatal("the last page has cursors too")
		}
		if next == "" {
			break
		}
		if !strings.HasPrefix(next, b.url+"/v26.0/"+post) || !strings.Contains(next, "access_token="+PageToken) {
			t.Errorf("next is %q", next)
		}
		u, _ := url.Parse(next)
		form = u.Query()
	}
	want := []string{"", made[3], made[4] + " " + made[5]}
	b.want("pages", fmt.Sprintf("%q", pages), fmt.Sprintf("%q", want))
}

func TestCursorDiesWithItsItem(t *testing.T) {
	b := open(t, Options{})
	post, made := b.thread(3)
	_, out := b.graph("GET", "/"+post+"/comments", url.Values{"limit": {"1"}})
	after := at(out, "paging", "cursors", "after").(string)
	b.do("DELETE", "/_sandbox/comments/"+made[0], "")
	_, out = b.graph("GET", "/"+post+"/comments", url.Values{"after": {after}})
	b.want("dead cursor", at(out, "error", "code"), 100.0)
	_, out = b.graph("GET", "/"+post+"/comments", url.Values{"after": {"rubbish"}})
	b.want("no cursor", at(out, "error", "code"), 100.0)
}

func TestListParameters(t *testing.T) {
	b := open(t, Options{})
	post, made := b.thread(3)
	nested := b.say(`{"platform":"facebook","text":"nested","parent":"` + made[1] + `","created":"2026-09-01T10:01:30Z"}`)
	deeper := b.say(`{"platform":"facebook","text":"deeper","parent":"` + nested + `","created":"2026-09-01T10:01:40Z"}`)
	for _, c := range []struct{ path, query, want string }{
		{post, "", made[0] + " " + made[1] + " " + made[2]},
		{post, "filter=toplevel", made[0] + " " + made[1] + " " + made[2]},
		{post, "filter=stream", strings.Join([]string{made[0], made[1], nested, deeper, made[2]}, " ")},
		{post, "filter=stream&order=reverse_chronological&limit=2", made[2] + " " + deeper},
		{post, "since=1788256860", made[1] + " " + made[2]},
		{made[1], "", nested + " " + deeper}, // all below the top one
		{nested, "filter=stream", ""},
	} {
		form, _ := url.ParseQuery(c.query)
		_, out := b.graph("GET", "/"+c.path+"/comments", form)
		b.want(c.path+"?"+c.query, ids(out["data"]), c.want)
	}
	_, out := b.graph("GET", "/"+deeper, url.Values{"fields": {"parent{id,parent{id}}"}})
	b.want("direct parent", at(out, "parent", "id"), nested)
	b.want("its parent", at(out, "parent", "parent", "id"), made[1])
}

func TestExpansionOfPosts(t *testing.T) {
	b := open(t, Options{})
	_, made := b.thread(3)
	b.say(`{"platform":"facebook","text":"on an ad","post":"Ad","kind":"dark"}`)
	visitor := b.say(`{"platform":"facebook","text":"on a visit","post":"Thanks","kind":"visitor"}`)
	fields := url.Values{"fields": {"id,message,comments.limit(2).filter(stream){id,from{id}}"}}
	_, feed := b.graph("GET", "/"+PageID+"/feed", fields)
	var thread any
	for _, post := range feed["data"].([]any) {
		switch at(post, "message") {
		case "Thread":
			thread = post
		case "Ad":
			t.Error("an advertisement is in the feed")
		}
		if at(post, "comments") == nil && at(post, "message") == "Thread" {
			t.Error("no comments expanded")
		}
	}
	b.want("expanded", ids(at(thread, "comments", "data")), made[0]+" "+made[1])
	b.want("only what was asked", at(thread, "comments", "data", 0, "message"), nil)
	next, _ := at(thread, "comments", "paging", "next").(string)
	u, _ := url.Parse(next)
	_, rest := b.graph("GET", u.Path, u.Query())
	b.want("rest", ids(rest["data"]), made[2])
	for edge, want := range map[string]int{"visitor_posts": 1, "ads_posts": 1, "posts": 4, "published_posts": 4, "feed": 5, "tagged": 0} {
		_, out := b.graph("GET", "/me/"+edge, nil)
		b.want(edge, len(out["data"].([]any)), want)
	}
	_, several := b.graph("GET", "/", url.Values{"ids": {made[0] + "," + visitor}, "fields": {"message"}})
	b.want("ids", at(several, visitor, "message"), "on a visit")
	_, several = b.graph("GET", "/", url.Values{"ids": {made[0] + ",7_7"}})
	b.want("one missing fails all", at(several, "error", "error_subcode"), 33.0)
}

func TestWrites(t *testing.T) {
	now := time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)
	b := open(t, Options{Now: func() time.Time { return now }})
	fresh := b.say(`{"platform":"facebook","text":"fresh"}`)
	old := b.say(`{"platform":"facebook","text":"old","created":"2026-09-03T11:59:59Z"}`)
	nobody := b.say(`{"platform":"facebook","text":"nobody","author":""}`)
	own := b.say(`{"platform":"facebook","text":"ours","author":"Cedar Family Practice"}`)
	to := func(id string) url.Values {
		return url.Values{"recipient": {`{"comment_id":"` + id + `"}`}, "message": {`{"text":"hello"}`}}
	}
	for _, c := range []struct {
		name, method, path string
		form               url.Values
		code               any
	}{
		{"reply", "POST", fresh + "/comments", url.Values{"message": {"hi"}}, nil},
		{"empty reply", "POST", fresh + "/comments", nil, 100.0},
		{"long reply", "POST", fresh + "/comments", url.Values{"message": {strings.Repeat("é", 8000+1)}}, 100.0},
		{"reply to nothing", "POST", "7_7/comments", url.Values{"message": {"hi"}}, 100.0},
		{"reply as a person", "POST", fresh + "/comments", url.Values{"message": {"hi"}, "access_token": {UserToken}}, 100.0},
		{"hide", "POST", fresh, url.Values{"is_hidden": {"true"}}, nil},
		{"hide own", "POST", own, url.Values{"is_hidden": {"true"}}, 200.0},
		{"edit own", "POST", own, url.Values{"message": {"better"}}, nil},
		{"edit another's", "POST", fresh, url.Values{"message": {"mine now"}}, 200.0},
		{"nothing to do", "POST", fresh, nil, 100.0},
		{"private", "POST", PageID + "/messages", to(fresh), nil},
		{"private twice", "POST", PageID + "/messages", to(fresh), 10900.0},
		{"private too late", "POST", PageID + "/messages", to(old), 10901.0},
		{"private to nobody", "POST", PageID + "/messages", to(nobody), 10903.0},
		{"private to nothing", "POST", PageID + "/messages", to("7_7"), 100.0},
		{"delete", "DELETE", own, nil, nil},
		{"delete again", "POST", own, url.Values{"method": {"DELETE"}}, 100.0},
	} {
		_, out := b.graph(c.method, "/v26.0/"+c.path, c.form)
		b.want(c.name, at(out, "error", "code"), c.code)
	}
}

func TestHiddenAndAnsweredAndAnonymous(t *testing.T) {
	b := open(t, Options{})
	fresh := b.say(`{"platform":"facebook","text":"fresh"}`)
	nobody := b.say(`{"platform":"facebook","text":"nobody","author":""}`)
	b.graph("POST", "/"+fresh, url.Values{"is_hidden": {"true"}})
	b.graph("POST", "/me/messages", url.Values{"recipient": {`{"comment_id":"` + fresh + `"}`}, "message": {`{"text":"hi"}`}})
	_, out := b.graph("GET", "/"+fresh, url.Values{"fields": {"message,is_hidden,can_reply_privately,private_reply_conversation{id}"}})
	b.want("hidden is still listed to the Page", at(out, "is_hidden"), true)
	b.want("not twice", at(out, "can_reply_privately"), false)
	if at(out, "private_reply_conversation", "id") == nil {
		t.Error("the conversation is missing")
	}
	_, out = b.graph("GET", "/"+nobody, url.Values{"fields": {"from,message"}})
	b.want("anonymous", at(out, "from"), nil)
}

func TestMessageAsJSONBody(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"facebook","text":"a"}`)
	_, out := b.do("POST", "/v26.0/me/messages?access_token="+PageToken, `{"recipient":{"comment_id":"`+id+`"},"message":{"text":"hi"}}`)
	if at(out, "message_id") == nil || at(out, "recipient_id") == nil {
		t.Errorf("answered %v", out)
	}
}

func TestRateLimit(t *testing.T) {
	b := open(t, Options{Calls: 2})
	for i, want := range []any{nil, nil, 80001.0} {
		_, out := b.graph("GET", "/me", nil)
		b.want(fmt.Sprint("call ", i), at(out, "error", "code"), want)
	}
}

// proof is Meta's: an HMAC of the token under the app's secret.
func proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}
