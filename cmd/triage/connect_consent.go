package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Why no consent came. The platform's own words are not repeated.
var (
	errNobody  = errors.New("nobody agreed in time, and nothing was connected: run the command again when whoever manages the account is at hand")
	errDenied  = errors.New("whoever was asked did not agree, and nothing was connected: run the command again")
	errRefused = errors.New("the platform did not ask for consent, and nothing was connected: see that the app is registered with exactly the address above, and may ask for these permissions; then run the command again")
)

// waiting waits on this machine for the platform's answer to a request for
// consent.
type waiting struct {
	// state tells the answer to this request from all others.
	state string
	came  chan consentAnswer
	web   *http.Server
	port  int
}

// consentAnswer is the code that stands for a consent, or why there is none.
type consentAnswer struct {
	code string
	err  error
}

// await begins to wait. Only this machine can reach it: at both of its addresses,
// for "localhost" is either, and at the other one somebody else here could wait for
// the answer. It may have no second one.
func await(ctx context.Context, port int) (*waiting, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf(noPort, err)
	}
	w := &waiting{state: rand.Text(), came: make(chan consentAnswer, 1), port: l.Addr().(*net.TCPAddr).Port}
	w.web = &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	second, err := lc.Listen(ctx, "tcp6", fmt.Sprintf("[::1]:%d", w.port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, errors.Join(fmt.Errorf(noPort, err), l.Close())
	}
	for _, l := range []net.Listener{l, second} {
		if l != nil {
			go func() { _ = w.web.Serve(l) }() // until close
		}
	}
	return w, nil
}

const noPort = "wait for the answer: %w: name another --port, with which the app is registered too"

// address is where it waits. Some platforms know this machine by its name only.
func (w *waiting) address(host string) string {
	return fmt.Sprintf("http://%s:%d/callback", host, w.port)
}

// close lets the last answer be sent.
func (w *waiting) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if w.web.Shutdown(ctx) != nil {
		_ = w.web.Close()
	}
}

// ServeHTTP takes the answer that a browser brings.
func (w *waiting) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h := rw.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address holds the code
	status, say := http.StatusOK, "This is done. Go back to the command to see what came of it; this window can be closed."
	if r.Method != http.MethodGet || !w.take(r.URL.Query()) {
		status, say = http.StatusBadRequest, "This does not belong to the consent that is waited for, and nothing was done. Open the address that the command printed last."
	}
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, say+"\n")
}

// take takes an answer and reports whether it is to our request; the first one
// counts.
func (w *waiting) take(q url.Values) bool {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(w.state)) != 1 {
		return false
	}
	a := consentAnswer{code: q.Get("code")}
	switch {
	case q.Get("error") == "access_denied":
		a.err = errDenied
	case a.code == "" || q.Get("error") != "":
		a.err = errRefused
	}
	select {
	case w.came <- a:
	default:
	}
	return true
}

// code waits for the answer, which a browser brings, or a person who pastes the
// address at which it ended. What else is pasted is answered on out.
func (w *waiting) code(ctx context.Context, in io.Reader, out io.Writer) (string, error) {
	odd := make(chan struct{})
	go w.pasted(ctx, in, odd)
	for {
		select {
		case a := <-w.came:
			return a.code, a.err
		case <-odd:
			_, _ = fmt.Fprintln(out, "This is not the address at which the browser ended after this consent: paste the whole line from the browser, up to its last character.")
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errNobody) {
				return "", errNobody
			}
			return "", fmt.Errorf("nothing was connected: %w", ctx.Err())
		}
	}
}

// pasted takes what a person pastes, and tells of each line that is no answer.
func (w *waiting) pasted(ctx context.Context, in io.Reader, odd chan<- struct{}) {
	for lines := bufio.NewScanner(in); ctx.Err() == nil && lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if u, err := url.Parse(line); line == "" || err == nil && w.take(u.Query()) {
			continue
		}
		select {
		case odd <- struct{}{}:
		case <-ctx.Done():
		}
	}
}
