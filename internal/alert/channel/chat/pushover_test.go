package chat

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

const pushoverUser = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"

var pushoverRow = conform.Kind{Name: "pushover", To: pushoverUser, Start: conform.OverHTTP{
	Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Pushover{Token: conform.SecretCanary, BaseURL: base}, o)
	},
	Take: takePushover,
}.Start}

func takePushover(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	m := conform.Form(t, r, "token user message title priority", "url retry expire")
	if r.URL.Path != "/1/messages.json" || m.Get("token") != conform.SecretCanary || m.Get("user") != pushoverUser {
		t.Errorf("%s, %q", r.URL.Path, m)
	}
	for field, most := range map[string]int{"message": 1024, "title": 250, "url": 512} {
		if n := utf8.RuneCountInString(m.Get(field)); n > most {
			t.Errorf("%s has %d characters", field, n)
		}
	}
	urgent := strings.Contains(m.Get("title"), "URGENT") || strings.Contains(m.Get("title"), "and still so")
	want := url.Values{"priority": {"0"}}
	if urgent || strings.Contains(m.Get("title"), "still: ") {
		want = url.Values{"priority": {"2"}, "retry": {"60"}, "expire": {"600"}}
	}
	for _, field := range []string{"priority", "retry", "expire"} {
		if m.Get(field) != want.Get(field) {
			t.Errorf("%s is %q: %.80q", field, m.Get(field), m.Get("title"))
		}
	}
	_, _ = io.WriteString(w, `{"status":1,"request":"647d2300-702c-4b38-8b2f-d56326ae460b"}`)
	return []string{m.Get("title"), m.Get("message"), m.Get("url")}
}

func pushoverAt(base string) channel.Section { return &Pushover{Token: "t", BaseURL: base} }

func TestPushoverSaysWhichKeyIsWrong(t *testing.T) {
	for body, want := range map[string]string{
		`{"user":"invalid","errors":["user identifier is not a valid user, group, or subscribed user key"],"status":0}`: "person's key",
		`{"token":"invalid","errors":["application token is invalid"],"status":0}`:                                      "does not know the application",
		`{"message":"cannot be blank","status":0}`:                                                                      "did not accept",
		`nonsense`: "did not accept",
	} {
		f := conform.FailedWith(t, conform.Answer{Status: http.StatusBadRequest, Body: body}, pushoverUser, pushoverAt)
		if !f.Final || !strings.Contains(f.Why, want) {
			t.Errorf("%s: %+v", body, f)
		}
	}
}

func TestPushoverThatWantsFewerIsTriedAgain(t *testing.T) {
	f := conform.FailedWith(t, conform.Answer{Status: http.StatusTooManyRequests, Body: `{"user":"invalid","status":0}`}, pushoverUser, pushoverAt)
	if f.Final || !strings.Contains(f.Why, "fewer") {
		t.Errorf("%+v", f)
	}
}

func TestPushoverSection(t *testing.T) {
	if err := (&Pushover{User: "short"}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "user: ") {
		t.Error(err)
	}
	if _, err := (&Pushover{}).Open(channel.Options{}); err == nil || !strings.HasPrefix(err.Error(), "token: ") {
		t.Error(err)
	}
	all, nobody := &Pushover{User: pushoverUser}, &Pushover{}
	if all.CheckTo("") != nil || nobody.CheckTo("") == nil || nobody.CheckTo(pushoverUser) != nil || all.CheckTo("+15550100001") == nil {
		t.Error("addresses are judged wrongly")
	}
}
