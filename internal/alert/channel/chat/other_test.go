package chat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

var otherRow = conform.Kind{Name: "other", Longest: longestOther, Start: conform.OverHTTP{
	Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Other{URL: "mattermost://" + strings.TrimPrefix(base, "https://") + "/" + conform.SecretCanary}, o)
	},
	Take: func(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
		conform.Asked(t, withAgent(r), "/hooks/"+conform.SecretCanary)
		var m struct{ Text string }
		conform.Strictly(t, r.Body, &m)
		_, _ = io.WriteString(w, "ok")
		return []string{m.Text}
	},
}.Start}

// withAgent is a request of a library, which does not say who we are.
func withAgent(r conform.Request) conform.Request {
	r.Header.Set("User-Agent", "triage")
	return r
}

// samples are addresses of all services that are let through, with canaries in them.
var samples = map[string]string{
	"bark": "bark://:" + conform.SecretCanary + "@bark.example.org", "discord": "discord://" + conform.SecretCanary + "@1234567890", "generic": "generic+https://hook.example.org/" + conform.SecretCanary,
	"googlechat": "googlechat://chat.googleapis.com/v1/spaces/FOO/messages?key=bar&token=" + conform.SecretCanary,
	"gotify":     "gotify://gotify.example.org/Aaa.bbb.ccc.ddd", "ifttt": "ifttt://" + conform.SecretCanary + "/?events=alert", "join": "join://:" + conform.SecretCanary + "@join?devices=phone",
	"lark": "lark://open.larksuite.com/" + conform.SecretCanary, "matrix": "matrix://:" + conform.SecretCanary + "@matrix.example.org?rooms=!room:matrix.example.org",
	"mattermost": "mattermost://chat.example.org/" + conform.SecretCanary, "notifiarr": "notifiarr://" + conform.SecretCanary + "?channel=123456789",
	"pushbullet": "pushbullet://o.34charactertokenstringhere123456", "rocketchat": "rocketchat://chat.example.org/tokenA/tokenB/alerts",
	"signal": "signal://signal.example.org:443/+15550100000/+15550100171", "telegram": "telegram://12345:mock-token_" + conform.SecretCanary + "@telegram/?chats=@cedar",
	"wecom": "wecom://693a1a16-7a0c-4bc4-97a0-0ec2a1fa5aaa", "zulip": "zulip://bot@example.org:" + conform.SecretCanary + "@zulip.example.org?stream=general&topic=alerts",
}

// lookups are how many questions a service asks beside what it sends.
var lookups = map[string]int{"matrix": 1, "zulip": 1}

// contents are answers of services that say how it went in their own way.
var contents = map[string]string{"bark": `{"code":200,"message":"success","timestamp":1}`}

// network is all that can be reached: it notes the requests and answers the same.
type network struct {
	mu     sync.Mutex
	asked  []string // schemes
	said   string   // addresses and bodies
	status int
	body   string
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, r.URL.Scheme)
	n.said += r.URL.String()
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		n.said += string(body)
	}
	return &http.Response{StatusCode: n.status, Header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {"7"}},
		Body: io.NopCloser(bytes.NewReader([]byte(n.body)))}, nil
}

func TestOtherServicesSpeakThroughOurClient(t *testing.T) {
	for service := range others {
		t.Run(service, func(t *testing.T) {
			for _, c := range []struct {
				status    int
				ok, final bool
				after     time.Duration
			}{{status: 200, ok: true}, {status: 429, after: 7 * time.Second}, {status: 401, final: true}, {status: 503, after: 7 * time.Second}} {
				net := &network{status: c.status, body: contents[service]}
				if net.body == "" {
					net.body = `{"ok":true,"code":0,"errcode":0,"result":"success"}`
				}
				ch := conform.Opened(t, &Other{URL: samples[service]}, channel.Options{HTTP: &http.Client{Transport: net}})
				began := time.Now()
				err := ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1)))
				if took := time.Since(began); took > time.Second {
					t.Errorf("%d: it tried again by itself, for %v", c.status, took)
				}
				f, failed := errors.AsType[*alert.Failure](err)
				if failed == c.ok || failed && (f.Final != c.final || f.After != c.after) || !failed && err != nil {
					t.Errorf("%d: %v (%+v)", c.status, err, f)
				}
				net.mu.Lock()
				if most := lookups[service] + 1; len(net.asked) == 0 || len(net.asked) > most || !c.ok && len(net.asked) != 1 || net.asked[0] != "https" {
					t.Errorf("%d: asked %q", c.status, net.asked)
				}
				if c.ok && service != "matrix" && !strings.Contains(net.said, "matter") {
					t.Errorf("it said %q", net.said)
				}
				net.mu.Unlock()
			}
		})
	}
}

func TestOtherRefusals(t *testing.T) {
	for url, want := range map[string]string{
		"slack://x@y": `kind = "slack"`, "smtp://u:p@mail.example.org": `kind = "email"`, "twilio://a:b@+1555/+1555": `kind = "sms"`, "pagerduty://x": `kind = "pagerduty"`,
		"logger://": "not", "mqtt://h/t": "not", "nonsense": "not", "discord://": "not an address", "telegram://" + conform.SecretCanary + "@x": "not an address", "gotify://h/%zz": "not an address",
	} {
		err := (&Other{URL: url}).Validate()
		if err == nil || !strings.HasPrefix(err.Error(), "url: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), conform.SecretCanary) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Every service of the library is let through, has a kind of its own, or is left out on
// purpose.
func TestOtherKnowsTheLibrary(t *testing.T) {
	out := map[string]bool{"logger": true, "mqtt": true, "mqtts": true, "hangouts": true}
	for _, s := range (&router.ServiceRouter{}).ListServices() {
		if others[s] == "" && owned[s] == "" && !out[s] {
			t.Errorf("%s is new", s)
		}
	}
}

func TestOtherNeverSpeaksInPlainText(t *testing.T) {
	net := &network{status: 200, body: "{}"}
	ch := conform.Opened(t, &Other{URL: "generic://hook.example.org/" + conform.SecretCanary + "?disabletls=yes"}, channel.Options{HTTP: &http.Client{Transport: net}})
	f, ok := errors.AsType[*alert.Failure](ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1))))
	if !ok || !f.Final || !strings.Contains(f.Why, "unencrypted") || len(net.asked) != 0 {
		t.Errorf("%+v, asked %q", f, net.asked)
	}
}

func TestOtherHearsARefusalInWords(t *testing.T) {
	net := &network{status: 200, body: `{"code":19001,"errcode":93000,"msg":"` + conform.AnswerCanary + `"}`}
	for _, s := range []string{"lark", "wecom", "bark"} {
		ch := conform.Opened(t, &Other{URL: samples[s]}, channel.Options{HTTP: &http.Client{Transport: net}})
		f, ok := errors.AsType[*alert.Failure](ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1))))
		if !ok || f.Final || strings.Contains(f.Error()+f.Cause.Error(), conform.AnswerCanary) {
			t.Errorf("%s: %+v", s, f)
		}
	}
}

func TestOtherEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ch := conform.Opened(t, &Other{URL: samples["discord"]}, channel.Options{})
	if f, ok := errors.AsType[*alert.Failure](ch.Notify(ctx, conform.Notice("", conform.Message(alert.New, alert.Page, 1)))); !ok || f.Final || !errors.Is(f, context.Canceled) {
		t.Errorf("%+v", f)
	}
}

// What a service asks before it sends is not the notice.
func TestOtherALookupIsNoDelivery(t *testing.T) {
	net := &network{status: 200, body: `{"joined_rooms":[]}`}
	ch := conform.Opened(t, &Other{URL: strings.Replace(samples["matrix"], "?rooms=!room:matrix.example.org", "", 1)}, channel.Options{HTTP: &http.Client{Transport: net}})
	f, ok := errors.AsType[*alert.Failure](ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1))))
	if !ok || f.Final || !strings.Contains(net.said, "joined_rooms") {
		t.Errorf("%+v, %s", f, net.said)
	}
}

func TestLongestWord(t *testing.T) {
	for text, want := range map[string]string{"": "", "12 診": "", "a bc-def g": "def", "Über Zürich": "rich"} {
		if got := longestWord(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestOtherSignsInThroughOurClient(t *testing.T) {
	net := &network{status: 200, body: `{"flows":[{"type":"m.login.password"}],"access_token":"x","joined_rooms":[]}`}
	ch := conform.Opened(t, &Other{URL: "matrix://bot:" + conform.SecretCanary + "@matrix.example.org"}, channel.Options{HTTP: &http.Client{Transport: net}})
	if len(net.asked) != 0 {
		t.Error("it signs in before there is anything to tell")
	}
	_ = ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1))) // it has no room
	if !strings.Contains(net.said, "/login") {
		t.Errorf("it asked %s", net.said)
	}
}

// patient is a network on which nothing is answered.
type patient struct{ asked chan context.Context }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	p.asked <- r.Context()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestOtherLeavesNoRequestBehind(t *testing.T) {
	p := patient{make(chan context.Context, 1)}
	ch := conform.Opened(t, &Other{URL: samples["mattermost"]}, channel.Options{HTTP: &http.Client{Transport: p}})
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan error)
	go func() { told <- ch.Notify(ctx, conform.Notice("", conform.Message(alert.New, alert.Page, 1))) }()
	request := <-p.asked
	cancel()
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if request.Err() == nil {
		t.Error("the request goes on")
	}
}

func TestTheManualsOtherAddresses(t *testing.T) {
	doc, err := os.ReadFile("../../../../docs/alerting-channels.md")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("HOST", "chat.example.org", "+FROM", "+15550100000", "+TO", "+15550100171", "TOKENA", "tokenA", "TOKENB", "tokenB",
		"pushbullet://TOKEN", samples["pushbullet"], "gotify://HOST/TOKEN", samples["gotify"], "BOTID:TOKEN", "12345:mock-token", "BOT:", "bot@example.org:")
	rows := regexp.MustCompile("(?m)^\\|[^|]+\\| `([^`]+)` \\|$").FindAllSubmatch(doc, -1)
	listed := map[string]bool{}
	for _, row := range rows {
		url := words.Replace(string(row[1]))
		listed[scheme(url)] = true
		if err := (&Other{URL: url}).Validate(); err != nil {
			t.Errorf("%s: %v", row[1], err)
		}
	}
	for s := range others {
		if !listed[s] {
			t.Errorf("%s is not in the manual", s)
		}
	}
}
