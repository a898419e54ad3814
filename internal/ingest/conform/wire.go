package conform

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// Answer is one that is given in the platform's place.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
}

// What the wire does with a request.
type deed int

const (
	pass      deed = iota
	cutBefore      // the connection breaks, nothing arrives
	cutAfter       // it arrives, and the connection breaks
	answer         // the platform never sees it
)

// rule is what is done with requests of one kind.
type rule struct {
	deed   deed
	answer Answer
}

// wire stands between a connector and its platform.
type wire struct {
	url   string
	proxy *httputil.ReverseProxy

	mu            sync.Mutex
	reads, writes rule
	made          int // writes that came
}

func newWire(t testing.TB, to string) *wire {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{proxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *wire) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// ServeHTTP passes a request on, or does what is to be done with it.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch todo := w.rule(r); todo.deed {
	case cutBefore:
		panic(http.ErrAbortHandler)
	case cutAfter:
		w.proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case answer:
		for k, v := range todo.answer.Header {
			rw.Header().Set(k, v)
		}
		rw.WriteHeader(todo.answer.Status)
		_, _ = io.WriteString(rw, todo.answer.Body)
	default:
		w.proxy.ServeHTTP(rw, r)
	}
}

func (w *wire) rule(r *http.Request) rule {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return w.reads
	}
	w.made++
	return w.writes
}

// does sets what is done with reads and writes from now on.
func (w *wire) does(reads, writes rule) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads, w.writes = reads, writes
}

// written is how many writes came since it was last asked.
func (w *wire) written() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.made
	w.made = 0
	return n
}

func says(a Answer) rule { return rule{deed: answer, answer: a} }
