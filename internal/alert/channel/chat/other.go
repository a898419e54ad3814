package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Other is the section of a service that has no kind of its own here and that shoutrrr
// knows: an address in its form, such as "discord://TOKEN@ID"
// (shoutrrr.nickfedor.com/services).
type Other struct {
	// URL holds the service's credentials, so it is a secret.
	URL     string `toml:"url"`
	URLFile string `toml:"url_file"`
}

// others are the services that are let through, with their names. All are spoken to by
// HTTP through our client. MQTT is not among them: its connection is shoutrrr's own,
// which outlives ours and can leave certificates unchecked.
var others = map[string]string{
	"bark": "Bark", "discord": "Discord", "generic": "the webhook's receiver", "googlechat": "Google Chat", "gotify": "Gotify",
	"ifttt": "IFTTT", "join": "Join", "lark": "Lark", "matrix": "Matrix", "mattermost": "Mattermost", "notifiarr": "Notifiarr",
	"pushbullet": "Pushbullet", "rocketchat": "Rocket.Chat", "signal": "the Signal gateway", "telegram": "Telegram", "wecom": "WeCom", "zulip": "Zulip",
}

// owned are those of shoutrrr's for which there is a kind that can do more.
var owned = map[string]string{
	"slack": "slack", "teams": "teams", "ntfy": "ntfy", "pushover": "pushover", "twilio": "sms", "smtp": "email", "pagerduty": "pagerduty", "opsgenie": "opsgenie",
}

// longestOther is how much is sent, in bytes: each of the services takes it in one piece.
const longestOther = 1800

// Validate says what is wrong with the section first.
func (c *Other) Validate() error {
	if c.URL == "" {
		return nil
	}
	s := scheme(c.URL)
	if kind := owned[s]; kind != "" {
		return errors.New(`url: this service has a kind of its own: write kind = "` + kind + `"`)
	}
	if others[s] == "" {
		return errors.New("url: it does not begin with a service that is known here, such as discord:// or matrix://: see docs/alerting-channels.md")
	}
	if s == "matrix" {
		return nil // it signs in as soon as it is made
	}
	r, err := channel.Options{HTTP: &http.Client{Transport: nowhere{}}}.Remote("", "url", "")
	if err != nil {
		return err
	}
	_, err = service(c.URL, &wire{ctx: context.Background(), Remote: r})
	return err
}

// Secrets are the keys that may be given as files.
func (c *Other) Secrets() []channel.Secret {
	return []channel.Secret{{Key: "url", Value: &c.URL, File: c.URLFile, Needed: true}}
}

// CheckTo refuses every address: the service's address says whom it tells.
func (c *Other) CheckTo(address string) error { return channel.TakesNone(address) }

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Other) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[other section]") }

// Open returns the channel.
func (c *Other) Open(o channel.Options) (alert.Channel, error) {
	if err := c.Validate(); err != nil {
		return alert.Channel{}, err
	}
	r, err := hook(o, others[scheme(c.URL)], c.URL)
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "other", Notifier: &other{r, c.URL}}, nil
}

// scheme is the service that an address begins with.
func scheme(address string) string {
	s, _, _ := strings.Cut(address, ":")
	s, _, _ = strings.Cut(s, "+")
	return strings.ToLower(s)
}

// service makes shoutrrr's service for an address, which speaks through w. Its errors
// repeat the address, so ours says nothing of them.
func service(address string, w *wire) (types.Service, error) {
	bad := errors.New("url: it is not an address of that service as shoutrrr writes it: copy its form from docs/alerting-channels.md")
	u, err := url.Parse(address)
	if err != nil {
		return nil, bad
	}
	s, err := (&router.ServiceRouter{}).NewService(scheme(address))
	if err != nil {
		return nil, bad
	}
	if custom, ok := s.(types.CustomURLService); ok && strings.Contains(u.Scheme, "+") {
		if u, err = custom.GetServiceURLFromCustom(u); err != nil {
			return nil, bad
		}
	}
	mouth, ok := s.(types.HTTPClientSetter)
	if !ok {
		return nil, bad
	}
	mouth.SetHTTPClient(w) // before, for Matrix signs in there, and after, for some forget it
	if err := s.Initialize(u, nil); err != nil {
		return nil, bad
	}
	mouth.SetHTTPClient(w)
	return s, nil
}

type other struct {
	*channel.Remote
	url string
}

// Notify implements alert.Notifier. The service is made anew each time, for sending
// changes it.
func (s *other) Notify(ctx context.Context, n alert.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, channel.LongestCall)
	text := channel.CutBytes(strings.TrimSpace(n.Text()), longestOther)
	w := &wire{ctx: ctx, Remote: s.Remote, failed: make(chan error, 1), word: longestWord(text), wordy: slices.Contains(wordy, scheme(s.url))}
	sent := make(chan error, 1)
	go func() {
		defer cancel()
		sent <- s.send(w, text)
	}()
	select {
	case err := <-w.failed: // it may try again by itself, and is not let
		return err
	case <-ctx.Done():
	case err := <-sent:
		return w.verdict(err)
	}
	select { // both may be there
	case err := <-w.failed:
		return err
	case err := <-sent:
		return w.verdict(err)
	default:
		return channel.Unanswered(s.Provider, ctx.Err())
	}
}

func (s *other) send(w *wire, text string) error {
	to, err := service(s.url, w)
	if err != nil {
		return err
	}
	return to.Send(text, &types.Params{})
}

// wire is the client that a service of shoutrrr's speaks through, for one notice: it
// binds requests to the notice's context, sees the status and Retry-After that the
// services hide, and lets nothing pass after a failure or in plain text.
type wire struct {
	*channel.Remote
	ctx context.Context //nolint:containedctx // it lives as long as one call of Notify
	// failed gets the first failure.
	failed chan error
	done   bool
	// word is in the notice, and so in the request that brings it. accepted: the provider
	// said that it has taken that one. wordy: it may say so and refuse.
	word            string
	accepted, wordy bool
}

// errStopped is what a service gets in place of an answer that is a failure. It is none
// of those after which they try again.
var errStopped = errors.New("stopped")

// Do implements types.HTTPClient.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if w.done {
		return nil, errStopped
	}
	if req.URL.Scheme != "https" && !channel.Loopback(req.URL.Hostname()) {
		return nil, w.fail(&alert.Failure{Why: w.Provider + " would be spoken to unencrypted, which is not done: let url name a service with https", Final: true})
	}
	carries, err := w.carries(req)
	if err != nil {
		return nil, w.fail(channel.Unanswered(w.Provider, err))
	}
	got, err := w.Send(req.WithContext(w.ctx))
	if err != nil {
		return nil, w.fail(err)
	}
	w.accepted = w.accepted || carries
	return &http.Response{Status: http.StatusText(got.Status), StatusCode: got.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: got.Header, Body: io.NopCloser(bytes.NewReader(got.Body)), ContentLength: int64(len(got.Body)), Request: req}, nil
}

// carries says whether a request brings the notice, in whatever form: no form changes a
// word of plain letters.
func (w *wire) carries(req *http.Request) (bool, error) {
	if req.Body == nil {
		return strings.Contains(req.URL.String(), w.word), nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	req.Body = io.NopCloser(bytes.NewReader(body))
	return bytes.Contains(body, []byte(w.word)) || strings.Contains(req.URL.String(), w.word), err
}

// longestWord is the longest run of the letters a to z.
func longestWord(text string) (longest string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r|0x20 < 'a' || r|0x20 > 'z' }) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

func (w *wire) fail(err error) error {
	w.done = true
	select {
	case w.failed <- err:
	default:
	}
	return errStopped
}

// wordy are services of which not every success says that the notice was taken: they
// refuse in the body of one.
var wordy = []string{"bark", "lark", "wecom"}

// verdict judges what the service made of the answers: what the provider has taken
// counts, whatever else it answered, unless it is one of the wordy. What was never sent
// does not count, though the service is content, as Matrix is where it has no room.
func (w *wire) verdict(err error) error {
	select {
	case failed := <-w.failed:
		return failed
	default:
	}
	if w.accepted && (err == nil || !w.wordy) {
		return nil
	}
	return &alert.Failure{Why: w.Provider + " did not take the notice: check url in its section; it is tried again", Cause: errors.New("refused in the answer's text, or not sent at all")}
}

// nowhere is a network on which nothing can be reached.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errStopped }
