package incident

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

// webhookSecret holds the canary as its bytes and as it is written.
var webhookSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(conform.SecretCanary+conform.SecretCanary))

var webhookRow = conform.Kind{
	Name: "webhook",
	Start: conform.OverHTTP{
		Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
			return conform.Opened(t, &Webhook{URL: base + "/in?token=" + conform.SecretCanary, Secret: webhookSecret, Bearer: conform.SecretCanary}, o)
		},
		Take: func(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
			e := (&receiver{now: time.Now, bearer: conform.SecretCanary}).read(t, r)
			w.WriteHeader(http.StatusNoContent)
			return []string{e.Data.Title, e.Data.What, e.Data.Where, e.Data.Link, e.Data.Desk, e.Data.Practice}
		},
	}.Start,
}

// receiver verifies as the Standard Webhooks specification says.
type receiver struct {
	now    func() time.Time
	bearer string
	seen   map[string]bool
}

var (
	errSignature = errors.New("the signature is wrong")
	errOld       = errors.New("the timestamp is five minutes off")
	errSeen      = errors.New("the id was seen")
)

func (v *receiver) verify(r conform.Request) error {
	id, at := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp")
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(webhookSecret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(r.Body)
	given, ok := strings.CutPrefix(r.Header.Get("Webhook-Signature"), "v1,")
	got, err := base64.StdEncoding.DecodeString(given)
	if !ok || err != nil || id == "" || strings.Contains(id, ".") || !hmac.Equal(got, mac.Sum(nil)) {
		return errSignature
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if off := v.now().Sub(time.Unix(seconds, 0)); err != nil || off.Abs() > 5*time.Minute {
		return errOld
	}
	if v.seen[id] {
		return errSeen
	}
	if v.seen == nil {
		v.seen = map[string]bool{}
	}
	v.seen[id] = true
	return nil
}

// webhookBody is an event as the comment of Webhook documents it.
type webhookBody struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Title    string    `json:"title"`
		Practice string    `json:"practice"`
		Desk     string    `json:"desk"`
		Incident string    `json:"incident"`
		Key      string    `json:"key"`
		Severity string    `json:"severity"`
		What     string    `json:"what"`
		Where    string    `json:"where"`
		Count    int       `json:"count"`
		Since    time.Time `json:"since"`
		Times    int       `json:"times"`
		Link     string    `json:"link"`
	} `json:"data"`
}

func (v *receiver) read(t testing.TB, r conform.Request) (e webhookBody) {
	conform.Asked(t, r, "/in")
	if err := v.verify(r); err != nil {
		t.Error(err)
	}
	if want := "Bearer " + v.bearer; v.bearer != "" && r.Header.Get("Authorization") != want || v.bearer == "" && r.Header.Get("Authorization") != "" {
		t.Errorf("authorized by %q", r.Header.Get("Authorization"))
	}
	conform.Strictly(t, r.Body, &e)
	conform.OneOf(t, "type", e.Type, "alert.new", "alert.more", "alert.still", "alert.forgotten", "alert.acknowledged", "alert.over", "alert.test")
	if e.Data.Title == "" || e.Timestamp.IsZero() {
		t.Errorf("something is missing: %s", r.Body)
	}
	return e
}

func TestWebhookIsSignedAnewAtEveryTry(t *testing.T) {
	clock := conform.Noon
	ch, got := conform.Recorded(t, http.StatusOK, func(base string, o channel.Options) alert.Channel {
		o.Now = func() time.Time { return clock }
		return conform.Opened(t, &Webhook{URL: base + "/in", Secret: webhookSecret}, o)
	})
	v := &receiver{now: func() time.Time { return clock }}
	n := conform.Notice("", conform.Message(alert.New, alert.Page, 4))
	if err := ch.Notify(t.Context(), n); err != nil || !ch.Keeps {
		t.Fatal(err)
	}
	first := got()[0]
	e := v.read(t, first)
	if d := e.Data; e.Type != "alert.new" || d.Incident != n.Messages[0].Incident || d.Key != "urgent/4" || d.Severity != "page" || d.Count != 4 ||
		!d.Since.Equal(conform.Noon.Add(-time.Hour)) || d.Times != 1 || d.Link != n.Messages[0].Link || d.Desk != n.Desk || d.Practice != n.From || !e.Timestamp.Equal(conform.Noon) {
		t.Errorf("%+v", e)
	}
	if err := v.verify(first); !errors.Is(err, errSeen) {
		t.Errorf("played back: %v", err)
	}
	clock = clock.Add(5*time.Minute + time.Second)
	if err := v.verify(first); !errors.Is(err, errOld) {
		t.Errorf("played back later: %v", err)
	}
	if err := ch.Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	again := got()[0]
	if again.Header.Get("Webhook-Id") != first.Header.Get("Webhook-Id") || string(again.Body) != string(first.Body) {
		t.Error("a second try is another event")
	}
	if v.seen = nil; v.verify(again) != nil {
		t.Error("the second try is not signed with its own time")
	}
	again.Body = []byte(strings.Replace(string(again.Body), "page", "slow", 1))
	if err := v.verify(again); !errors.Is(err, errSignature) {
		t.Errorf("changed: %v", err)
	}
}

func TestWebhookNamesEachOfSeveral(t *testing.T) {
	ch, got := conform.Recorded(t, http.StatusOK, func(base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Webhook{URL: base + "/in", Secret: webhookSecret}, o)
	})
	n := conform.Notice("", conform.Message(alert.New, alert.Page, 1), conform.Message(alert.Over, alert.Page, 2))
	n.ID = "a.b"
	if err := ch.Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	v := &receiver{now: time.Now}
	for i, r := range got() {
		if e := v.read(t, r); e.Type != []string{"alert.new", "alert.over"}[i] {
			t.Errorf("%+v", e)
		}
	}
}

// A receiver of the practice's own shows a certificate of the practice's own.
func TestWebhookTrustsItsFile(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	server.Config.ErrorLog = conform.Silent
	server.StartTLS()
	defer server.Close()
	for file, trusted := range map[string]bool{conform.AuthorityOf(t, server): true, "": false} {
		ch := conform.Opened(t, &Webhook{URL: server.URL, Secret: webhookSecret, CAFile: file}, channel.Options{})
		err := ch.Notify(t.Context(), conform.Notice("", conform.Message(alert.New, alert.Page, 1)))
		if f, _ := errors.AsType[*alert.Failure](err); trusted != (err == nil) || !trusted && (f == nil || !f.Final || !strings.Contains(f.Why, "certificate")) {
			t.Errorf("with %q: %v", file, err)
		}
	}
}
