package incident

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Webhook is the section of an address of the practice's own that takes alerts as JSON,
// signed as the Standard Webhooks specification says.
//
// Each request is a POST of one event:
//
//	webhook-id: the event's name, the same when it is tried again
//	webhook-timestamp: when it was sent, in seconds since 1970
//	webhook-signature: "v1," and the base64 of HMAC-SHA256 of "ID.TIMESTAMP.BODY"
//
//	{"type": "alert.new", "timestamp": "2026-03-08T03:00:00Z", "data": {…}}
//
// The type says why: alert.new, alert.more, alert.still, alert.forgotten,
// alert.acknowledged, alert.over, and alert.test, whose data has only title, practice and
// desk. See [WebhookData] for the data. Who receives it answers 2xx once it is stored,
// refuses timestamps that are five minutes off, and ignores an id that it has seen.
type Webhook struct {
	// URL is where events are posted, or the file it is in.
	URL     string `toml:"url"`
	URLFile string `toml:"url_file"`
	// Secret is what they are signed with: "whsec_" and 24 to 64 bytes in base64, or the
	// file it is in.
	Secret     string `toml:"secret"`
	SecretFile string `toml:"secret_file"`
	// Bearer is sent in the Authorization header too, where something before the receiver
	// asks for it; or the file it is in.
	Bearer     string `toml:"bearer"`
	BearerFile string `toml:"bearer_file"`
	// CAFile holds the certificates that the receiver's must be signed by; empty: the
	// system's.
	CAFile string `toml:"ca_file"`
}

// Format hides the section, of which most is secret, from whoever prints it.
func (Webhook) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[webhook section]") }

// Validate says what is wrong with the section.
func (h *Webhook) Validate() error {
	if err := channel.CheckHook(h.URL); err != nil || h.Secret == "" { // which may be in a file that only the service reads
		return err
	}
	_, err := webhookKey(h.Secret)
	return err
}

// Secrets are the keys that may be in files.
func (h *Webhook) Secrets() []channel.Secret {
	return []channel.Secret{
		{Key: "url", Value: &h.URL, File: h.URLFile, Needed: true},
		{Key: "secret", Value: &h.Secret, File: h.SecretFile, Needed: true},
		{Key: "bearer", Value: &h.Bearer, File: h.BearerFile},
	}
}

// CheckTo takes no address: url is the receiver's.
func (h *Webhook) CheckTo(to string) error { return channel.TakesNone(to) }

// Open makes the channel.
func (h *Webhook) Open(o channel.Options) (alert.Channel, error) {
	key, err := webhookKey(h.Secret)
	if err == nil {
		err = channel.CheckURL("url", h.URL)
	}
	if err != nil {
		return alert.Channel{}, err
	}
	r, err := o.Remote("the webhook's receiver", "secret", h.CAFile)
	if err != nil {
		return alert.Channel{}, err
	}
	return alert.Channel{Kind: "webhook", Keeps: true, Notifier: &webhook{r, h.URL, key, h.Bearer}}, nil
}

// webhookKey is the key in a secret.
func webhookKey(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("secret: it is not whsec_ and 24 to 64 random bytes in base64: make one with: echo whsec_$(head -c 32 /dev/urandom | base64)")
	}
	return key, nil
}

type webhook struct {
	*channel.Remote
	at     string
	key    []byte
	bearer string
}

// WebhookData is what an event says. Times are RFC 3339, in UTC; what is not known is
// left out.
type WebhookData struct {
	// Title says all of it in one line for people.
	Title string `json:"title"`
	// Practice is what the practice is called in alerts, and Desk its on-call page.
	Practice string `json:"practice,omitempty"`
	Desk     string `json:"desk,omitempty"`
	// Incident is the same from alert.new to alert.over, and Key from one incident about
	// the same trouble to the next.
	Incident string `json:"incident,omitempty"`
	Key      string `json:"key,omitempty"`
	// Severity is "page", "tell" or "slow".
	Severity string `json:"severity,omitempty"`
	What     string `json:"what,omitempty"`
	Where    string `json:"where,omitempty"`
	// Count is how many things are affected, Since when the oldest of them began.
	Count int    `json:"count,omitempty"`
	Since string `json:"since,omitempty"`
	// Times is how often it was told here.
	Times int    `json:"times,omitempty"`
	Link  string `json:"link,omitempty"`
}

type webhookEvent struct {
	Type      string      `json:"type"`
	Timestamp string      `json:"timestamp"`
	Data      WebhookData `json:"data"`
}

// longWhat is how long what and where may be in an event, in characters.
const longWhat = 1000

// Notify implements alert.Notifier: one event for each message.
func (h *webhook) Notify(ctx context.Context, n alert.Notice) error {
	if n.Test {
		return h.send(ctx, n.ID, webhookEvent{"alert.test", stamp(n.At), WebhookData{Title: n.Title(), Practice: n.From, Desk: n.Desk}})
	}
	return each(n, func(one alert.Notice, m alert.Message) error {
		id := n.ID
		if len(n.Messages) > 1 {
			id += "-" + m.Incident
		}
		return h.send(ctx, id, webhookEvent{"alert." + string(m.Change), stamp(m.At), WebhookData{
			Title: one.Title(), Practice: one.From, Desk: one.Desk, Incident: m.Incident, Key: m.Key, Severity: string(m.Severity),
			What: channel.CutRunes(m.What, longWhat), Where: channel.CutRunes(m.Where, longWhat), Count: m.Count, Since: stamp(m.Since), Times: m.Times, Link: m.Link,
		}})
	})
}

// send signs the event with the time of this try.
func (h *webhook) send(ctx context.Context, id string, e webhookEvent) error {
	body, err := json.Marshal(e)
	if err != nil {
		return &alert.Failure{Why: "the event could not be written: this is a fault of triage, please report it", Final: true, Cause: channel.Redact(err)}
	}
	id = strings.ReplaceAll(id, ".", "-") // a full stop parts what is signed
	at := strconv.FormatInt(h.Now().Unix(), 10)
	mac := hmac.New(sha256.New, h.key)
	mac.Write([]byte(id + "." + at + "." + string(body)))
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("Webhook-Id", id)
	header.Set("Webhook-Timestamp", at)
	header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	if h.bearer != "" {
		header.Set("Authorization", "Bearer "+h.bearer)
	}
	_, err = h.Post(ctx, h.at, body, header)
	return err
}
