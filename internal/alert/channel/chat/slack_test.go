package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var slackRow = conform.Kind{Name: "slack", Longest: 2 * longestSlack, Start: conform.OverHTTP{
	Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Slack{URL: base + "/services/T0/B0/" + conform.SecretCanary}, o)
	},
	Take: takeSlack,
}.Start}

// slackUnescapes is how Slack shows a text.
var slackUnescapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

func takeSlack(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	conform.Asked(t, r, "/services/T0/B0/"+conform.SecretCanary)
	var m struct {
		Text        string `json:"text"`
		UnfurlLinks *bool  `json:"unfurl_links"`
		UnfurlMedia *bool  `json:"unfurl_media"`
	}
	conform.Strictly(t, r.Body, &m)
	if m.Text == "" || utf8.RuneCountInString(m.Text) > 4000 {
		t.Errorf("a text of %d characters", utf8.RuneCountInString(m.Text))
	}
	if m.UnfurlLinks == nil || *m.UnfurlLinks || m.UnfurlMedia == nil || *m.UnfurlMedia {
		t.Error("somebody fetches the desk's pages to show them")
	}
	if strings.ContainsAny(m.Text, "<>") {
		t.Errorf("markup: %.200q", m.Text)
	}
	_, _ = w.Write([]byte("ok"))
	return []string{slackUnescapes.Replace(m.Text)}
}

func TestSlackMarkupIsOnlyText(t *testing.T) {
	got := slackRow.Tell(t, conform.Hostile(""))
	if !strings.Contains(got, `<!channel> <@U1> & "x"`) {
		t.Errorf("people read %q", got)
	}
}

func TestEscapeWithin(t *testing.T) {
	for _, s := range []string{"", "a", strings.Repeat("a", 5000), strings.Repeat("<", 5000), strings.Repeat("a<", 3000), strings.Repeat("ü&", 3000), strings.Repeat("a", 3999) + "<"} {
		got := escapeWithin(s, longestSlack, slackEscapes)
		if n := utf8.RuneCountInString(got); n > longestSlack || utf8.RuneCountInString(s) >= 5000 && n < longestSlack-12 {
			t.Errorf("%.10q…: %d characters", s, n)
		}
		if back := strings.TrimSuffix(slackUnescapes.Replace(got), "…"); !strings.HasPrefix(s, back) {
			t.Errorf("%.10q… became %.40q…", s, back)
		}
	}
}

func TestAWebPageIsNoAnswer(t *testing.T) {
	portal := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<html>Please sign in to the hotel's network"))
	}))
	t.Cleanup(portal.Close)
	ch := conform.Opened(t, &Slack{URL: portal.URL + "/x"}, channel.Options{HTTP: portal.Client()})
	f, ok := errors.AsType[*alert.Failure](ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1))))
	if !ok || f.Final || !strings.Contains(f.Why, "Slack's place") {
		t.Errorf("%#v", f)
	}
}

func TestSlackAndTeamsSections(t *testing.T) {
	for _, url := range []string{"hooks.slack.com/services/x", "http://hooks.slack.com/services/x", "https://u:p@hooks.slack.com/x"} {
		if err := (&Slack{URL: url}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "url: ") || strings.Contains(err.Error(), "slack.com") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := (&Teams{URL: "https://cedar.webhook.office.com/webhookb2/x"}).Validate(); err == nil || !strings.Contains(err.Error(), "Workflows") {
		t.Errorf("a connector of old: %v", err)
	}
	for _, s := range []channel.Section{&Slack{}, &Teams{}, &Other{}} {
		if _, err := s.Open(channel.Options{}); err == nil || !strings.HasPrefix(err.Error(), "url: ") {
			t.Errorf("%T without its address: %v", s, err)
		}
		if s.CheckTo("") != nil || s.CheckTo("x") == nil {
			t.Errorf("%T takes an address", s)
		}
	}
}

func TestSlackEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := conform.Opened(t, &Slack{URL: "https://127.0.0.1:1/" + conform.SecretCanary}, channel.Options{}).Notify(ctx, conform.Notice("", conform.Message(alert.New, alert.Page, 1)))
	if f, ok := errors.AsType[*alert.Failure](err); !ok || f.Final || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestSectionsKeepTheirSecrets(t *testing.T) {
	const key = conform.SecretCanary
	for _, s := range []any{Slack{URL: key}, &Slack{URL: key}, Teams{URL: key}, Ntfy{Token: key}, Pushover{Token: key}, Other{URL: key}} {
		if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(got, conform.SecretCanary) {
			t.Errorf("%T says %s", s, got)
		}
	}
}
