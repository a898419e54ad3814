// Package hook takes what providers send back: that somebody has acknowledged an alert,
// at PagerDuty, by answering a text message or by pressing a key in a call. It believes
// only what is signed, and everything it can do is to acknowledge.
package hook

import (
	"context"
	"crypto/hmac"
	"errors"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"triage/internal/alert"
)

// The kinds of sources.
const (
	PagerDuty = "pagerduty"
	Twilio    = "twilio"
)

// Source is a provider that may send something back.
type Source struct {
	// Name is the channel's: its answers come to /hooks/NAME.
	Name string
	// Kind is PagerDuty or Twilio.
	Kind string
	// Secret is what the provider signs with: of a PagerDuty webhook subscription the
	// secret that is shown once, of Twilio the account's auth token. Nothing is taken
	// where there is none.
	Secret string
	// URL is the public address of the hook as it is written at the provider. Twilio
	// signs it.
	URL string
	// People says whose phone number (E.164) that is, of several if they share one; of
	// PagerDuty, whose user id. Nil knows nobody.
	People func(from string) (names []string)
}

func (s Source) people(from string) []string {
	if s.People == nil || from == "" {
		return nil
	}
	return s.People(from)
}

// Said is that somebody said that she deals with a trouble.
type Said struct {
	// By is who, and How the channel's name.
	By, How string
	// Key and Round are the trouble's.
	Key   string
	Round int
}

// Options are what a handler needs.
type Options struct {
	Duty    *alert.Duty
	Sources []Source
	// Record does what is said and puts it on record, or neither; nil: there is no record.
	Record func(ctx context.Context, s Said, do func(context.Context) error) error
	Log    *zap.Logger
	Now    func() time.Time
}

// longBody is how long a body may be, in bytes; PagerDuty's and Twilio's are a tenth.
const longBody = 64 << 10

// Handler answers POST /hooks/NAME. It needs no session and no origin: who asks is
// known by the signature.
type Handler struct {
	duty    *alert.Duty
	sources map[string]Source
	record  func(ctx context.Context, s Said, do func(context.Context) error) error
	log     *zap.Logger
	now     func() time.Time
	seen    *seen
	refused *rate.Sometimes
	mux     *http.ServeMux
}

// New makes the handler of all sources.
func New(o Options) *Handler {
	h := &Handler{
		duty: o.Duty, sources: map[string]Source{}, record: o.Record, log: o.Log, now: o.Now, mux: http.NewServeMux(),
		seen: &seen{}, refused: &rate.Sometimes{First: 3, Interval: time.Minute},
	}
	if h.record == nil {
		h.record = func(ctx context.Context, _ Said, do func(context.Context) error) error { return do(ctx) }
	}
	if h.log == nil {
		h.log = zap.NewNop()
	}
	if h.now == nil {
		h.now = time.Now
	}
	for _, s := range o.Sources {
		h.sources[s.Name] = s
	}
	h.mux.HandleFunc("POST /hooks/{name}", h.take)
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func (h *Handler) take(w http.ResponseWriter, r *http.Request) {
	s, ok := h.sources[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longBody))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch {
	case s.Secret != "" && s.Kind == PagerDuty && signedByPagerDuty(s, r.Header, body):
		h.pagerDuty(w, r, s, body)
	case s.Secret != "" && s.Kind == Twilio && signedByTwilio(s, r, body):
		h.twilio(w, r, s, body)
	default:
		h.refuse(w, s)
	}
}

// refuse says nothing to who asks, and to the log only now and then: anybody can ask.
func (h *Handler) refuse(w http.ResponseWriter, s Source) {
	h.refused.Do(func() {
		h.log.Warn("an answer of a provider is not signed as it should be: compare the secret and the address in the configuration with the provider's",
			zap.String("channel", s.Name))
	})
	w.WriteHeader(http.StatusUnauthorized)
}

// acknowledge hands on that somebody deals with one trouble. What somebody has
// acknowledged already stays hers: the provider tells us of our own acknowledgement, too.
func (h *Handler) acknowledge(ctx context.Context, one alert.Standing, by, how string) error {
	if one.Ack != nil {
		return nil
	}
	err := h.record(ctx, Said{By: by, How: how, Key: one.Alert.Key, Round: one.Round}, func(ctx context.Context) error {
		return h.duty.Acknowledge(ctx, one, by, how)
	})
	if errors.Is(err, alert.ErrOver) {
		return nil
	}
	return err
}

// same compares signatures without telling by the time it takes how much is right.
func same(a, b []byte) bool { return hmac.Equal(a, b) }
