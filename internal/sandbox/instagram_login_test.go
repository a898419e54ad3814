package sandbox

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const itsOwn = "access_token=" + InstagramToken

func TestInstagramLogin(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(1)
	me := b.get("/v26.0/me", itsOwn+"&fields=user_id,username,account_type")
	b.want("user_id", at(me, "user_id"), InstagramID)
	b.want("type", at(me, "account_type"), "BUSINESS")
	if scoped, _ := at(me, "id").(string); scoped == InstagramID {
		t.Error("the id is the one for the app")
	} else {
		b.want("asked by it", at(b.get("/"+scoped, itsOwn+"&fields=username"), "username"), InstagramName)
		b.want("not with the Page's token", at(b.get("/"+scoped, ""), "error", "error_subcode"), 33.0)
	}
	b.want("only with its own token", at(b.get("/"+InstagramID, "fields=user_id"), "error", "code"), 100.0)
	b.want("media", at(b.get("/me/media", itsOwn+"&until=2026-09-02"), "data", 0, "id"), media)
	b.want("comments", ids(at(b.get("/"+media+"/comments", itsOwn), "data")), made[0])
	b.want("next keeps the token", strings.Contains(at(b.get("/me/media", itsOwn+"&limit=1"), "paging", "next").(string), itsOwn), true)
	f := privately(made[0], "Hello")
	f.Set("access_token", InstagramToken)
	_, out := b.graph("POST", "/v26.0/me/messages", f)
	b.want("late", at(out, "error", "error_subcode"), 2534022.0)
	fresh := b.say(`{"platform":"instagram","text":"x"}`)
	f = privately(fresh, "Hello")
	f.Set("access_token", InstagramToken)
	_, out = b.graph("POST", "/"+InstagramID+"/messages", f)
	if at(out, "recipient_id") == nil {
		t.Errorf("private: %v", out)
	}
	_, out = b.graph("POST", "/"+fresh+"/replies", form("message", "Thank you", "access_token", InstagramToken))
	if at(out, "id") == nil {
		t.Errorf("reply: %v", out)
	}
	for _, path := range []string{"/" + PageID, "/" + PageID + "/feed", "/debug_token", "/me/accounts"} {
		b.want(path, at(b.get(path, itsOwn), "error", "type"), "IGApiException")
	}
	b.set("instagram", "me", "data")
	b.want("in a list", at(b.get("/me", itsOwn+"&fields=user_id"), "data", 0, "user_id"), InstagramID)
	b.set("instagram", "account", "PERSONAL")
	b.want("personal", at(b.get("/me/media", itsOwn), "error", "code"), 10.0)
}

func TestInstagramTokenByHeaderCountsAsInstagram(t *testing.T) {
	b := open(t, Options{})
	req, _ := http.NewRequest("GET", b.url+"/me?fields=username", nil)
	req.Header.Set("Authorization", "Bearer "+InstagramToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
	if u := resp.Header.Get("X-Business-Use-Case-Usage"); !strings.Contains(u, `"type":"instagram"`) || !strings.Contains(u, InstagramID) {
		t.Errorf("usage %q", u)
	}
	id := b.say(`{"platform":"instagram","text":"x"}`)
	b.graph("POST", "/me/messages", privately(id, "Hello"))
	b.do("POST", "/v26.0/me/messages?access_token="+PageToken, `{"recipient":{"comment_id":"`+id+`"},"message":{"text":"again"}}`)
	b.get("/"+id, "")
	b.get("/", "ids="+id)
	calls := b.server.State().Calls
	b.want("me", calls["instagram"]["GET /me"], 1)
	b.want("messages", calls["instagram"]["POST /me/messages"]+calls["instagram"]["POST /v26.0/me/messages"], 2)
	b.want("by id", calls["instagram"]["GET /"+id]+calls["instagram"]["GET /"], 2)
	b.want("Facebook", len(calls["facebook"]), 0)
}

func TestInstagramRefresh(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC).Unix())
	b := open(t, Options{Now: func() time.Time { return time.Unix(clock.Load(), 0) }})
	refresh := func(token string) map[string]any {
		return b.get("/refresh_access_token", "grant_type=ig_refresh_token&access_token="+token)
	}
	b.set("instagram", "token-age", "1h")
	b.want("too young", at(refresh(InstagramToken), "error", "code"), 100.0)
	b.set("instagram", "token-age", "48h")
	out := refresh(InstagramToken)
	token, _ := at(out, "access_token").(string)
	b.want("life", at(out, "expires_in"), 60*24*3600.0)
	b.want("kind", at(out, "token_type"), "bearer")
	b.want("works", at(b.get("/me", "fields=username&access_token="+token), "username"), InstagramName)
	b.want("too young again", at(refresh(token), "error", "code"), 100.0)
	b.want("made up", at(b.get("/me", "access_token="+token+"0"), "error", "code"), 190.0)
	b.want("the Page's", at(refresh(PageToken), "error", "code"), 190.0)
	b.want("grant", at(b.get("/refresh_access_token", itsOwn), "error", "code"), 100.0)

	clock.Add(25 * 3600)
	next, _ := at(refresh(token), "access_token").(string)
	if next == "" || next == token {
		t.Errorf("refreshed to %q", next)
	}
	clock.Add(60*24*3600 - 1)
	b.want("the first is over", at(b.get("/me", "access_token="+token), "error", "error_subcode"), 463.0)
	b.want("and cannot be refreshed", at(refresh(token), "error", "code"), 190.0)
	b.want("the second is not", at(b.get("/me", "access_token="+next), "error"), nil)

	b.set("instagram", "lacks", "instagram_business_basic")
	b.want("lacks", at(refresh(InstagramToken), "error", "code"), 10.0)
	b.set("instagram", "token", "460")
	for _, tok := range []string{InstagramToken, next} {
		b.want("dead", at(b.get("/me", "access_token="+tok), "error", "error_subcode"), 460.0)
	}
	b.want("the Page's lives", at(b.get("/"+InstagramID, ""), "id"), InstagramID)
}
