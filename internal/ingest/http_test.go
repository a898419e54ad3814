package ingest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func get(t *testing.T, h *HTTP, method, address string) Exchange {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return h.Do(req)
}

func TestExchangeRecords(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("short and stout"))
	}))
	defer web.Close()
	x := get(t, NewHTTP(nil), "GET", web.URL)
	if x.Status != 418 || string(x.Body) != "short and stout" || !x.Sent || x.Err != nil || x.OK() || x.RetryAfter(time.Now()) != 7*time.Second {
		t.Errorf("recorded %+v", x)
	}
}

func TestAnswerIsCapped(t *testing.T) {
	for size, want := range map[int]error{MaxBody: nil, MaxBody + 1: ErrTooLarge} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, size))
		}))
		x := get(t, NewHTTP(nil), "GET", web.URL)
		web.Close()
		if !errors.Is(x.Err, want) || x.OK() != (want == nil) {
			t.Errorf("%d bytes: %v", size, x.Err)
		}
	}
}

func TestRedirects(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	var calls atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		to := map[string]string{"/away": other.URL, "/near": "/here", "/round": "/round"}[r.URL.Path]
		if to != "" {
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		}
	}))
	defer web.Close()
	for _, c := range []struct {
		method, path  string
		status, calls int
	}{
		{"GET", "/near", 200, 2},
		{"GET", "/away", 307, 1},
		{"GET", "/round", 307, 4},
		{"POST", "/near", 307, 1}, // a write is sent once
		{"POST", "/away", 307, 1},
	} {
		calls.Store(0)
		x := get(t, NewHTTP(nil), c.method, web.URL+c.path)
		if x.Status != c.status || int(calls.Load()) != c.calls || reached.Load() != 0 {
			t.Errorf("%s %s: status %d after %d calls, the other host saw %d", c.method, c.path, x.Status, calls.Load(), reached.Load())
		}
	}
}

// A lost answer must not make Go's transport send a write again, not even when
// the header says it may.
func TestWriteIsSentOnce(t *testing.T) {
	var calls atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			calls.Add(1)
			panic(http.ErrAbortHandler)
		}
	}))
	defer web.Close()
	h := NewHTTP(web.Client())
	get(t, h, "GET", web.URL) // so that the write goes over a used connection
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL, strings.NewReader("message=x"))
	req.Header.Set("Idempotency-Key", "1")
	x := h.Do(req)
	if calls.Load() != 1 || !errors.Is(x.Err, ErrCutShort) || !x.Sent {
		t.Errorf("sent %d times, recorded %v (sent %v)", calls.Load(), x.Err, x.Sent)
	}
}

func TestNothingWasSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	x := get(t, NewHTTP(nil), "POST", "http://"+l.Addr().String()+"/secret?access_token=secret")
	if x.Sent || !errors.Is(x.Err, ErrUnreachable) {
		t.Errorf("recorded %v (sent %v)", x.Err, x.Sent)
	}
}

func TestSlowAndCancelled(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer web.Close()
	x := get(t, NewHTTP(&http.Client{Timeout: 20 * time.Millisecond}), "GET", web.URL)
	if !errors.Is(x.Err, ErrSlow) {
		t.Errorf("slow: %v", x.Err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", web.URL, http.NoBody)
	x = NewHTTP(nil).Do(req)
	if !errors.Is(x.ReadError(time.Now()), context.Canceled) {
		t.Errorf("cancelled: %v", x.Err)
	}
}

func TestReadErrorKinds(t *testing.T) {
	for _, c := range []struct {
		x    Exchange
		want ReadKind
	}{
		{Exchange{Status: 200, Err: ErrCutShort}, Temporary},
		{Exchange{Err: ErrUnreachable}, Temporary},
		{Exchange{Status: 200, Err: ErrTooLarge}, Bad},
		{Exchange{Status: 429}, Throttled},
		{Exchange{Status: 503}, Temporary},
		{Exchange{Status: 401}, Forbidden},
		{Exchange{Status: 403}, Forbidden},
		{Exchange{Status: 302}, Bad},
		{Exchange{Status: 404}, Bad},
	} {
		e := c.x.ReadError(time.Now())
		if e == nil || e.Kind != c.want || !strings.Contains(e.Why, ";") {
			t.Errorf("%+v: %+v", c.x, e)
		}
	}
	if e := (Exchange{Status: 204}).ReadError(time.Now()); e != nil {
		t.Errorf("success is %v", e)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "30": 30 * time.Second, "-1": 0, "soon": 0, "99999999999999999999": 0,
		"Tue, 01 Sep 2026 10:01:00 GMT": time.Minute, "Tue, 01 Sep 2026 09:00:00 GMT": 0,
		"2147483647": 24 * time.Hour, "Wed, 01 Sep 2027 10:00:00 GMT": 24 * time.Hour, "Fri, 31 Dec 9999 23:59:59 GMT": 24 * time.Hour, // nobody waits for years
	} {
		x := Exchange{Header: http.Header{"Retry-After": {value}}}
		if got := x.RetryAfter(now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	slow := Exchange{Header: http.Header{"Retry-After": {"Tue, 01 Sep 2026 10:01:00 GMT"}, "Date": {"Tue, 01 Sep 2026 10:00:00 GMT"}}}
	if got := slow.RetryAfter(now.Add(-5 * time.Hour)); got != time.Minute {
		t.Errorf("with a clock that is slow: %v", got)
	}
}

func TestReadErrorWords(t *testing.T) {
	for want, e := range map[string]*ReadError{
		"why (code 190/463)": {Why: "why", Code: "190/463", Status: 400},
		"why (HTTP 502)":     {Why: "why", Status: 502},
		"why":                {Why: "why"},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e.Error(), want)
		}
	}
}
