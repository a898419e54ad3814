package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"triage/internal/alert"
)

// LongestCall bounds one request together with its answer.
const LongestCall = 30 * time.Second

// longestWait is how long a provider can make us wait before the next try: it may be
// wrong, and somebody must be called.
const longestWait = 15 * time.Minute

// Remote is a provider that is spoken to by HTTP. [Options.Remote] makes it.
type Remote struct {
	// Provider is how sentences call it, such as "PagerDuty".
	Provider string
	// Now is the clock.
	Now func() time.Time
	// key is the setting that it knows us by, such as "routing_key".
	key    string
	client *http.Client
}

// Remote returns a provider by how sentences call it and the setting that it knows us by,
// such as "routing_key". An answer that leads elsewhere is not followed. caFile names a
// file of certificates that are trusted instead of the system's; empty: the system's.
func (o Options) Remote(provider, key, caFile string) (*Remote, error) {
	client := http.Client{Timeout: LongestCall}
	if o.HTTP != nil {
		client = *o.HTTP
	}
	// An answer that leads elsewhere is an answer: what we were told to speak to is meant.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	roots, err := Authorities(caFile)
	if err != nil {
		return nil, err
	}
	if client.Transport == nil || roots != nil {
		client.Transport = transport(client.Transport, roots)
	}
	return &Remote{Provider: provider, Now: o.now(), key: key, client: &client}, nil
}

// transport is base with these authorities.
func transport(base http.RoundTripper, roots *x509.CertPool) http.RoundTripper {
	from, ok := base.(*http.Transport)
	if !ok {
		from = http.DefaultTransport.(*http.Transport)
	}
	t := from.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if roots != nil {
		t.TLSClientConfig.RootCAs = roots
	}
	return t
}

// Authorities reads a file of certificates in PEM; no file gives nil: the system's.
func Authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca_file: it cannot be read: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca_file: there is no certificate in it: write the name of a file in PEM format, with BEGIN CERTIFICATE")
	}
	return roots, nil
}

// verdicts are what a status means and what to do; %s is the provider, then the key.
var verdicts = map[int]string{
	http.StatusUnauthorized:          "%[1]s refused us: check %[2]s, it may have been replaced or revoked",
	http.StatusForbidden:             "%[1]s does not let us do this: check %[2]s and what it is allowed",
	http.StatusNotFound:              "%[1]s does not know what we spoke to: check %[2]s and the address, it may have been deleted there",
	http.StatusGone:                  "%[1]s does not know what we spoke to any more: check %[2]s and the address, it may have been deleted there",
	http.StatusRequestEntityTooLarge: "%[1]s found the notice too long: this is a fault of triage, please report it",
}

// judge says what the status means: nil is success. Only a person can mend what is
// Final; the rest passes.
func (r *Remote) judge(got Reply) error {
	f := &alert.Failure{After: r.after(got.Header), Cause: fmt.Errorf("HTTP status %d", got.Status)}
	switch s := got.Status; {
	case s/100 == 2:
		return nil
	case s == http.StatusTooManyRequests:
		f.Why = r.Provider + " wants fewer messages at once: it is tried again"
	case s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusConflict:
		f.Unclear = s >= 500 && s != http.StatusServiceUnavailable // a proxy may have passed it on
		f.Why = r.Provider + " is in trouble itself: it is tried again; if it lasts, look at its status page"
	case s/100 == 3:
		f.Why, f.Final = r.Provider+" sends us elsewhere, and we do not follow: write the new address into the configuration", true
	case verdicts[s] != "":
		f.Why, f.Final = fmt.Sprintf(verdicts[s], r.Provider, r.key), true
	default:
		f.Why, f.Final = fmt.Sprintf("%s did not accept the notice: check its section in the configuration, %s first", r.Provider, r.key), true
	}
	if f.Final {
		f.After = 0
	}
	return f
}

// after reads Retry-After (RFC 9110, 10.2.3): seconds, or a time by the clock of whoever
// answered.
func (r *Remote) after(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now := r.Now()
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(0, at.Sub(now)), longestWait)
}

// Unanswered says in our words why no answer came, to an error of net, net/http or a
// context.
func Unanswered(provider string, err error) *alert.Failure {
	f := &alert.Failure{Cause: Redact(err)}
	slow, isNet := errors.AsType[net.Error](err)
	_, name := errors.AsType[*net.DNSError](err)
	_, garbled := errors.AsType[tls.RecordHeaderError](err)
	switch why := certificate(err); {
	case why != "":
		f.Why, f.Final = provider+"'s certificate is wrong ("+why+"): have it renewed, or check the address, ca_file and this machine's clock", true
	case garbled, errors.Is(err, http.ErrSchemeMismatch):
		f.Why, f.Final = provider+" does not speak TLS there: check the address and the port", true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), isNet && slow.Timeout():
		f.Unclear = !dialing(err)
		f.Why = provider + " did not answer in time: it is tried again; if it lasts, check the network and the address"
	case name:
		f.Why = provider + "'s name could not be looked up: check the network, the name server and the address"
	default:
		f.Unclear = !dialing(err)
		f.Why = provider + " could not be reached: check the network and the address; it is tried again"
	}
	return f
}

// dialing reports whether there was no connection yet, so that nothing can have arrived.
func dialing(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
