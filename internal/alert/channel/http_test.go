package channel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

// fixed is a clock that stands at noon.
func fixed() time.Time { return conform.Noon }

// answered posts once to a server that answers so.
func answered(t *testing.T, answer http.HandlerFunc) (channel.Reply, *alert.Failure) {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	r, err := channel.Options{Now: fixed}.Remote("Cedar Pager", "token", "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Post(t.Context(), server.URL+"/"+conform.SecretCanary, []byte("{}"), http.Header{"Authorization": {conform.SecretCanary}})
	failed, ok := errors.AsType[*alert.Failure](err)
	if err != nil && !ok {
		t.Fatalf("%T is no failure: %v", err, err)
	}
	return got, failed
}

// TestVerdicts is the table of what a status means.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		status int
		final  bool
		says   string
	}{
		{301, true, "elsewhere"}, {302, true, "elsewhere"}, {307, true, "elsewhere"},
		{400, true, "check its section"}, {401, true, "check token"}, {403, true, "allowed"}, {404, true, "does not know"}, {405, true, "did not accept"},
		{408, false, "tried again"}, {409, false, "tried again"}, {410, true, "any more"}, {413, true, "too long"}, {422, true, "did not accept"},
		{425, false, "tried again"}, {429, false, "fewer"}, {500, false, "in trouble"}, {502, false, "in trouble"}, {503, false, "in trouble"}, {504, false, "in trouble"},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			got, failed := answered(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "http://127.0.0.1:1/") // nobody is there: following it would be another failure
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, conform.AnswerCanary)
			})
			if failed == nil {
				t.Fatal("it counts as taken")
			}
			if failed.Final != c.final || !strings.Contains(failed.Why, c.says) || !strings.Contains(failed.Why, "Cedar Pager") {
				t.Errorf("final %v: %s", failed.Final, failed.Why)
			}
			if wait := map[bool]time.Duration{false: 30 * time.Second}[c.final]; failed.After != wait {
				t.Errorf("it waits %v, not %v", failed.After, wait)
			}
			if cause := fmt.Sprintf("HTTP status %d", c.status); failed.Cause.Error() != cause {
				t.Errorf("the log gets %q, not %q", failed.Cause, cause)
			}
			if got.Status != c.status || string(got.Body) != conform.AnswerCanary {
				t.Errorf("the channel cannot look at the answer: %+v", got)
			}
		})
	}
}

func TestEverySuccessIsTaken(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204} {
		if _, failed := answered(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }); failed != nil {
			t.Errorf("%d: %v", status, failed)
		}
	}
}

// TestTakenWhateverFollows: the status came, and the rest of the answer breaks off.
func TestTakenWhateverFollows(t *testing.T) {
	_, failed := answered(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	if failed != nil {
		t.Errorf("it would be told twice: %v", failed)
	}
}

func TestOnlySoMuchIsRead(t *testing.T) {
	got, failed := answered(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) })
	if failed != nil || len(got.Body) != 64<<10 {
		t.Errorf("%d bytes were read (%v)", len(got.Body), failed)
	}
}

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		want   time.Duration
	}{
		{http.Header{}, 0},
		{http.Header{"Retry-After": {" 90 "}}, 90 * time.Second},
		{http.Header{"Retry-After": {"-3"}}, 0},
		{http.Header{"Retry-After": {"soon"}}, 0},
		{http.Header{"Retry-After": {"999999"}}, 15 * time.Minute},
		{http.Header{"Retry-After": {conform.Noon.Add(time.Minute).Format(http.TimeFormat)}}, time.Minute},
		{http.Header{"Retry-After": {conform.Noon.Add(-time.Minute).Format(http.TimeFormat)}}, 0},
		{http.Header{"Retry-After": {conform.Noon.AddDate(1, 0, 0).Format(http.TimeFormat)}}, 15 * time.Minute},
		// Our clock is an hour behind the provider's: its own Date counts.
		{http.Header{"Retry-After": {conform.Noon.Add(61 * time.Minute).Format(http.TimeFormat)}, "Date": {conform.Noon.Add(time.Hour).Format(http.TimeFormat)}}, time.Minute},
	} {
		_, failed := answered(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"] = nil // else the server puts its own there
			maps.Copy(w.Header(), c.header)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		if failed == nil || failed.After != c.want {
			t.Errorf("%v: %+v, not %v", c.header, failed, c.want)
		}
	}
}

// TestOwnAuthority: with ca_file a practice's own server is trusted, and nobody else's.
func TestOwnAuthority(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	trusted, err := channel.Options{}.Remote("Cedar Pager", "token", conform.AuthorityOf(t, server))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trusted.Post(t.Context(), server.URL, nil, nil); err != nil {
		t.Errorf("the practice's own server is not trusted: %v (%v)", err, errors.Unwrap(err))
	}
	other := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(other, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{other, other + ".none"} {
		if _, err := (channel.Options{}).Remote("Cedar Pager", "token", file); err == nil || !strings.HasPrefix(err.Error(), "ca_file: ") {
			t.Errorf("a file without certificates gives %v", err)
		}
	}
}

// TestPlainWhereTLSIsMeant: the port is that of a server without TLS.
func TestPlainWhereTLSIsMeant(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	r, _ := channel.Options{}.Remote("Cedar Pager", "token", "")
	_, err := r.Post(t.Context(), strings.Replace(server.URL, "http:", "https:", 1), nil, nil)
	if failed, ok := errors.AsType[*alert.Failure](err); !ok || !failed.Final || !strings.Contains(failed.Why, "TLS") {
		t.Errorf("a server without TLS gives %v", err)
	}
}

// TestCancelledIsNotFinal: the process stops while it sends.
func TestCancelledIsNotFinal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, _ := channel.Options{}.Remote("Cedar Pager", "token", "")
	_, err := r.Post(ctx, "http://"+conform.DeafPort(t), nil, nil)
	if failed, ok := errors.AsType[*alert.Failure](err); !ok || failed.Final || !errors.Is(err, context.Canceled) {
		t.Errorf("stopping gives %v", err)
	}
}
