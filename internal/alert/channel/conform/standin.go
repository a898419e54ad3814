package conform

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Inbox is what arrived at a stand-in, as people read it: one entry for each request.
type Inbox struct {
	mu  sync.Mutex
	got [][]string
	// At is where the stand-in listens; CanAsk: its protocol can ask us to wait.
	At     string
	CanAsk bool
	// Keeper, if there is one, is what keeps what arrived in its place.
	Keeper Keeper
}

// Keeper is a real server that people's programs would ask for what arrived.
type Keeper interface {
	// Arrived has one entry for each request, and Clear forgets them.
	Arrived() [][]string
	Clear()
}

func (in *Inbox) put(said []string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.got = append(in.got, said)
}

// All is what has arrived.
func (in *Inbox) All() [][]string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.Keeper != nil {
		return in.Keeper.Arrived()
	}
	return in.got
}

// Empty forgets what has arrived.
func (in *Inbox) Empty() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.got = nil
	if in.Keeper != nil {
		in.Keeper.Clear()
	}
}

// Request is what arrived by HTTP.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
}

// OverHTTP is a provider that is spoken to by HTTP.
type OverHTTP struct {
	// Open opens the channel as a practice would write its section, with the stand-in's
	// https address in place of the provider's and SecretCanary in every secret.
	Open func(t testing.TB, base string, o channel.Options) alert.Channel
	// Take checks a request by the provider's documents, fails the test where it is not
	// as they say, answers as the provider does and returns what people read of it.
	Take func(t testing.TB, w http.ResponseWriter, r Request) []string
}

// Start is [Kind]'s.
func (p OverHTTP) Start(t *testing.T, f Fault) (alert.Channel, *Inbox) {
	in, done := &Inbox{CanAsk: true}, make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if f == Fine {
			in.put(p.Take(t, w, Request{r.Method, r.URL, r.Header, body}))
			return
		}
		f.answer(w, r, done)
	}))
	server.Config.ErrorLog = Silent
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(done) })
	base, o := server.URL, channel.Options{HTTP: server.Client()}
	switch f {
	case Untrusted:
		o.HTTP = nil
	case Nobody:
		base = "https://" + ClosedPort(t)
	case Deaf:
		base = "https://" + DeafPort(t)
	}
	in.At = strings.TrimPrefix(base, "https://")
	return p.Open(t, base, o), in
}

// Silent is for servers whose clients are cut on purpose.
var Silent = log.New(io.Discard, "", 0)

// answer answers as a provider in trouble does.
func (f Fault) answer(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
	status := map[Fault]int{Nonsense: http.StatusOK, TooMany: http.StatusTooManyRequests, Broken: http.StatusInternalServerError,
		Refused: http.StatusUnauthorized, Gone: http.StatusNotFound}[f]
	switch f {
	case Slow:
		select {
		case <-done:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler) // else it says 200, which may still arrive
	case CutOff:
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = buffered.WriteString("HTTP/1.1 20")
			_ = buffered.Flush()
			_ = conn.Close()
		}
	default:
		w.Header().Set("Retry-After", strconv.Itoa(int(asks.Seconds())))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"`+AnswerCanary+`": ["`+AnswerCanary+`"`) // and no end
	}
}

// ClosedPort is an address at which nobody listens.
func ClosedPort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return l.Addr().String()
}

// DeafPort is an address that takes connections and says nothing.
func DeafPort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel takes them; nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// AuthorityOf writes the certificate of a server into a file, for ca_file.
func AuthorityOf(t testing.TB, server *httptest.Server) string {
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
