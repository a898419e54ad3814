package ingest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// MaxBody is how many bytes of an answer are read; a longer one is an error.
const MaxBody = 32 << 20

// CallTimeout bounds one request together with its answer.
const CallTimeout = 30 * time.Second

// Why an answer is missing or incomplete. None of them names an address.
var (
	ErrUnreachable = errors.New("the platform could not be reached")
	ErrSlow        = errors.New("the platform did not answer in time")
	ErrCutShort    = errors.New("the connection broke before the answer was complete")
	ErrTooLarge    = errors.New("the answer is larger than 32 MiB")
)

// HTTP sends the requests of a connector: each once and never again, within
// CallTimeout, never to another host than asked, reading at most MaxBody. It
// records the answer and neither judges nor logs it.
type HTTP struct {
	client http.Client
	calls  atomic.Int64
	skew   atomic.Int64
}

// NewHTTP makes an HTTP on the transport of base; nil means the default one.
// A shorter timeout of base is kept.
func NewHTTP(base *http.Client) *HTTP {
	h := &HTTP{}
	if base != nil {
		h.client = *base
	}
	if h.client.Timeout <= 0 || h.client.Timeout > CallTimeout {
		h.client.Timeout = CallTimeout
	}
	h.client.Jar = nil
	h.client.CheckRedirect = staysHere
	return h
}

// staysHere lets a read follow up to three redirects on its own host. What a
// write is answered with is final: following it could do the thing twice.
func staysHere(next *http.Request, via []*http.Request) error {
	first := via[0]
	same := next.URL.Host == first.URL.Host && next.URL.Scheme == first.URL.Scheme
	if first.Method != http.MethodGet || !same || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}

// Exchange is the record of one request and what came of it.
type Exchange struct {
	Method string
	// Sent: a connection stood, so the request may have arrived. Without it
	// nothing has happened outside.
	Sent   bool
	Status int // 0: no answer came
	Header http.Header
	Body   []byte
	// Err is why the answer is missing or incomplete: one of the errors above
	// or the context's.
	Err error
}

// Do sends the request once and records the answer.
func (h *HTTP) Do(req *http.Request) Exchange {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	ctx := req.Context()
	req = req.WithContext(httptrace.WithClientTrace(ctx, trace))
	// With these, Go's transport would send a write again after a lost answer.
	req.Header.Del("Idempotency-Key")
	req.Header.Del("X-Idempotency-Key")
	x := Exchange{Method: req.Method}
	h.calls.Add(1)
	asked := time.Now()
	resp, err := h.client.Do(req)
	x.Sent = sent.Load()
	if err != nil {
		x.Err = cause(ctx, err, x.Sent)
		return x
	}
	defer func() { _ = resp.Body.Close() }()
	h.compare(resp.Header, asked, time.Now())
	x.Status, x.Header = resp.StatusCode, resp.Header
	x.Body, err = io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch {
	case err != nil:
		x.Err = cause(ctx, err, true)
	case len(x.Body) > MaxBody:
		x.Body, x.Err = nil, ErrTooLarge
	}
	return x
}

// Calls is how many requests were made.
func (h *HTTP) Calls() int64 { return h.calls.Load() }

// Skew is how far the clock of whoever answered last is ahead of ours, to a second or
// half the time that the answer took; 0: it did not say.
func (h *HTTP) Skew() time.Duration { return time.Duration(h.skew.Load()) }

// slowAnswer is how long an answer may take that is to tell the time.
const slowAnswer = 10 * time.Second

// compare holds the answer's Date, which is in whole seconds (RFC 9110, 6.6.1), against
// our clock half-way. What a cache kept (Age) has the time of long ago.
func (h *HTTP) compare(answer http.Header, asked, got time.Time) {
	date, err := http.ParseTime(answer.Get("Date"))
	if took := got.Sub(asked); err == nil && answer.Get("Age") == "" && took < slowAnswer {
		h.skew.Store(int64(date.Add(time.Second / 2).Sub(asked.Add(took / 2).Round(0))))
	}
}

// cause says what went wrong without the address and the rest of what Go's
// own errors hold.
func cause(ctx context.Context, err error, sent bool) error {
	var timeout net.Error
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &timeout) && timeout.Timeout():
		return ErrSlow
	case errors.As(err, &name):
		return fmt.Errorf("%w: its name could not be looked up", ErrUnreachable)
	case errors.As(err, &cert):
		return fmt.Errorf("%w: its certificate is not trusted", ErrUnreachable)
	case sent:
		return ErrCutShort
	default:
		return ErrUnreachable
	}
}

// OK reports whether a complete answer with a status of success came.
func (x Exchange) OK() bool { return x.Err == nil && x.Status/100 == 2 }

// RetryAfter is how long the answer's header asks to wait, a day at most; 0: it
// says nothing. A time in it is taken by the clock of whoever answered.
func (x Exchange) RetryAfter(now time.Time) time.Duration {
	value := strings.TrimSpace(x.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longStop)
	}
	if date, err := http.ParseTime(x.Header.Get("Date")); err == nil {
		now = date
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(now), longStop))
}

// ReadKind says what a failed read means for the next one.
type ReadKind string

// What a failed read means for the next one.
const (
	Dead      ReadKind = "dead"      // the token is dead: stop the account, call a person
	Forbidden ReadKind = "forbidden" // a permission is missing: call a person
	Throttled ReadKind = "throttled" // too many calls: wait RetryAfter, calling prolongs it
	Temporary ReadKind = "temporary" // try again with growing pauses
	Bad       ReadKind = "bad"       // the answer makes no sense; trying again hardly helps
)

// ReadError is why reading failed. It holds no address, token, author or text.
type ReadError struct {
	Kind ReadKind
	// Code is the platform's own code, such as "190/463"; may be empty.
	Code string
	// Status is the HTTP status; 0: no answer came.
	Status int
	// RetryAfter is how long to wait at least; 0: not said.
	RetryAfter time.Duration
	// Why says it in one sentence, with what to do.
	Why string

	// Cause is why no complete answer came, if that is it.
	Cause error
}

// Error gives Why with the code or, without one, the status.
func (e *ReadError) Error() string {
	switch {
	case e.Code != "":
		return fmt.Sprintf("%s (code %s)", e.Why, e.Code)
	case e.Status != 0:
		return fmt.Sprintf("%s (HTTP %d)", e.Why, e.Status)
	default:
		return e.Why
	}
}

// Unwrap gives the reason for which no complete answer came, if that is it.
func (e *ReadError) Unwrap() error { return e.Cause }

// ReadError says what the exchange means for a read as far as that can be told
// without knowing the platform; nil when a complete answer with a status of
// success came.
func (x Exchange) ReadError(now time.Time) *ReadError {
	e := &ReadError{Status: x.Status, RetryAfter: x.RetryAfter(now), Cause: x.Err}
	switch {
	case x.OK():
		return nil
	case errors.Is(x.Err, ErrTooLarge):
		e.Kind, e.Why = Bad, "the platform's answer is larger than 32 MiB and was not read; ask for fewer posts at a time"
	case x.Err != nil:
		e.Kind, e.Why = Temporary, x.Err.Error()+"; nothing to do unless it lasts: then check this machine's network and the platform's status page"
	case x.Status == http.StatusTooManyRequests:
		e.Kind, e.Why = Throttled, "the platform asks to read less often; nothing to do, reading goes on by itself"
	case x.Status >= 500:
		e.Kind, e.Why = Temporary, "the platform has trouble of its own; nothing to do, reading goes on by itself"
	case x.Status == http.StatusUnauthorized, x.Status == http.StatusForbidden:
		e.Kind, e.Why = Forbidden, "the platform refused to let this account read; check its token and permissions with triage check"
	case x.Status/100 == 3:
		e.Kind, e.Why = Bad, "the platform sent us to another address, which is not followed; check base_url in the configuration"
	default:
		e.Kind, e.Why = Bad, "the platform's answer makes no sense; check base_url and the version in the configuration"
	}
	return e
}
