package x_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// What X remembers is on disk: ids of edits, switches, tokens that were used.
func TestXSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	b := &box{T: t, token: "Bearer " + sandbox.XUserToken, web: http.DefaultClient, clock: start}
	run := func() func() {
		s, err := sandbox.New(sandbox.Options{Dir: dir, Now: b.now})
		if err != nil {
			t.Fatal(err)
		}
		web := httptest.NewServer(s)
		b.url = web.URL
		return func() { web.Close(); _ = s.Close() }
	}
	stop := run()
	id := b.say("my nkee", "")
	b.wait(time.Minute)
	b.send("PATCH", "/_sandbox/comments/"+id, `{"text":"my knee"}`)
	edited := b.get(mentions).ids()
	b.tweet("Please call us.", edited)
	pat := b.author(id)
	said := b.tell(pat, `{"text":"Hello"}`).at("data", "dm_event_id")
	code := b.code()
	b.turn("dm", "closed")
	next, _ := b.refresh(sandbox.XRefreshToken, sandbox.XClientID).at("refresh_token").(string)
	stop()
	defer run()()
	b.token = "Bearer " + sandbox.XUserToken
	r := b.get("/2/tweets?ids=" + id + "," + edited)
	b.want("first", r.at("data", 0, "text"), "@cedarfamily my nkee")
	b.want("edited", r.at("data", 1, "text"), "@cedarfamily my knee")
	b.want("reply", b.get("/_sandbox/state").at("comments", 0, "replies", 0, "text"), "Please call us.")
	b.want("switch", b.get("/_sandbox/state").at("switches", "x", "dm"), "closed")
	b.want("message", b.get(talk(pat)).at("data", 0, "id"), said)
	b.want("a code is forgotten", b.redeem(code).at("error"), "invalid_grant")
	b.want("the used token", b.refresh(sandbox.XRefreshToken, sandbox.XClientID).status, 400)
	b.want("the new token", b.refresh(next, sandbox.XClientID).status, 200)
	if again := b.say("new", ""); again == id || again == edited {
		t.Error("an id was given out twice")
	}
}
