// Package wptest runs a real WordPress for tests: Debian's, served by PHP on
// this machine only, with a MariaDB of its own that listens on a socket. It
// knows WordPress and nothing of ours.
//
// It needs php-cli with mysqli, mariadbd and WordPress' files, which .ci/deps
// installs. Without them a test is skipped, or fails with CI=true.
package wptest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Site is a running WordPress in English, with pretty permalinks, without
// comments, where everybody may comment at once and as often as they like.
type Site struct {
	// URL is its address, without a slash at the end.
	URL string
	// User and Password sign in by HTTP Basic: an application password of an
	// editor, which is the lowest role that may moderate comments.
	User, Password string
	// UserID is the editor's.
	UserID string
	// Version is WordPress' own.
	Version string

	dir, secret string
	servers     []*exec.Cmd
}

var shared struct {
	once sync.Once
	site *Site
	err  error
}

// Shared returns the site of this test process, started at the first call. Tests
// that use it do not run in parallel, and put back what they change. TestMain
// must call StopShared.
func Shared(tb testing.TB) *Site {
	tb.Helper()
	needs(tb)
	shared.once.Do(func() { shared.site, shared.err = start() })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.site
}

// StopShared ends what Shared started, if it did.
func StopShared() {
	if shared.site != nil {
		shared.site.stop()
	}
}

// Start starts a site for one test.
func Start(tb testing.TB) *Site {
	tb.Helper()
	needs(tb)
	s, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.stop)
	return s
}

// needs skips a test where there is no WordPress.
func needs(tb testing.TB) {
	tb.Helper()
	_, err := find()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		tb.Fatal(err)
	default:
		tb.Skipf("skipped 1 test with a real WordPress: %v", err)
	}
}

// Run runs PHP inside the site as a visitor, with args as $a, and gives what it
// returns.
func Run[T any](tb testing.TB, s *Site, code string, args ...any) (out T) {
	tb.Helper()
	raw, err := s.run(call{Code: code, Args: args})
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		tb.Fatalf("%v in %s", err, code)
	}
	return out
}

// call is what the router is asked to run.
type call struct {
	Code    string `json:"code"`
	Args    []any  `json:"args"`
	Install bool   `json:"install"`
}

func (s *Site) run(c call) ([]byte, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+"/_wptest", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-WPTest", s.secret)
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return nil, s.failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	out, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = s.failed(&statusError{resp.Status, out})
	}
	return out, err
}

// statusError is an answer of PHP that is no success.
type statusError struct {
	status string
	body   []byte
}

func (e *statusError) Error() string { return "PHP says " + e.status + ": " + string(e.body) }
