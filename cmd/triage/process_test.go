package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// process is triage running as a process of its own.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	mu   sync.Mutex
	said bytes.Buffer
	// values are what it printed as key=value.
	values chan [2]string
	ended  chan struct{}
}

// start runs triage with these arguments until the test ends.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0], args...), values: make(chan [2]string, 100), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), asTriage+"=1")
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			_, _ = fmt.Fprintln(p, lines.Text())
			if k, v, ok := strings.Cut(lines.Text(), "="); ok {
				p.values <- [2]string{k, v}
			}
		}
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.kill()
		if said := p.output(); t.Failed() && said != "" {
			t.Logf("the last words of triage %s:\n%s", args[0], said[max(0, len(said)-3000):])
		}
	})
	return p
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// value waits for a line key=value.
func (p *process) value(key string) string {
	p.t.Helper()
	for {
		select {
		case kv := <-p.values:
			if kv[0] == key {
				return kv[1]
			}
		case <-p.ended:
			p.t.Fatalf("it ended before it said %s:\n%s", key, p.output())
		case <-time.After(60 * time.Second):
			p.t.Fatalf("it did not say %s within a minute:\n%s", key, p.output())
		}
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks it to stop and returns its exit code.
func (p *process) stop() int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("it did not stop within 30 s:\n%s", p.output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// practiceDir holds a configuration against a sandbox.
type practiceDir struct{ dir, config, data string }

// newPractice writes a configuration that polls a sandbox every second and
// posts without an undo window; more is added to it as it is.
func newPractice(t *testing.T, box, more string) practiceDir {
	t.Helper()
	d := practiceDir{dir: t.TempDir()}
	d.config, d.data = filepath.Join(d.dir, "config.toml"), filepath.Join(d.dir, "data")
	text := fmt.Sprintf(`
[practice]
name = "Cedar Family Practice"
phone = "(503) 555-0142"
booking = "https://cedar.example/talk"
[data]
dir = %q
[review]
addr = "127.0.0.1:0"
[posting]
mode = "review"
undo = "0s"
read_back = "1s"
daily_cap = 1000
thread_cap = 0
`, d.data)
	if box != "" {
		text += fmt.Sprintf("[[facebook]]\npage = %q\ntoken = %q\nbase_url = %q\nevery = \"1s\"\n", sandbox.PageID, sandbox.PageToken, box)
	}
	if err := os.WriteFile(d.config, []byte(text+more), 0o600); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(more, "[nats]") {
		d.does(t, "key", "new")
	}
	return d
}

// desk is a person at the page of a running service.
type desk struct {
	t    *testing.T
	base string
	http *http.Client
}

// signIn signs the first user in.
func (d practiceDir) signIn(t *testing.T, page string) *desk {
	t.Helper()
	return signInAs(t, page, firstLogin(t, d.data, page))
}

// chosen is the password of every first user.
const chosen = "four-unrelated-garden-words"

// firstLogin is the first user's name and password, which she chooses by her link if
// she did not yet.
func firstLogin(t *testing.T, data, page string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(data, "first-login"))
	if errors.Is(err, fs.ErrNotExist) {
		return "admin " + chosen
	}
	if err != nil {
		t.Fatal(err)
	}
	_, code, isLink := strings.Cut(strings.TrimSpace(string(raw)), "#")
	if !isLink {
		return string(raw) // the demo's
	}
	k, tried := newDesk(t, page), 0
	// A process beside may hear of the user a moment later.
	eventually(t, 100*time.Second, "a first user who can sign in", func() bool {
		for _, way := range []struct {
			path string
			form url.Values
		}{{"/welcome", url.Values{"code": {code}, "password": {chosen}}}, {"/login", url.Values{"name": {"admin"}, "password": {chosen}}}} {
			status, body := k.post(way.path, way.form)
			if status == http.StatusOK {
				return true
			}
			if tried++; status != http.StatusForbidden || tried > 9 {
				t.Fatalf("the first user at %s: HTTP %d\n%.300s", way.path, status, body)
			}
		}
		return false
	})
	return "admin " + chosen
}

func newDesk(t *testing.T, page string) *desk {
	jar, _ := cookiejar.New(nil)
	return &desk{t: t, base: page, http: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

// signInAs signs in with a name and a password, as commands say them.
func signInAs(t *testing.T, page, login string) *desk {
	t.Helper()
	name, password, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(login, "login=")), " ")
	k := newDesk(t, page)
	if code, body := k.post("/login", url.Values{"name": {name}, "password": {password}}); code != 200 || strings.Contains(body, `name="password"`) {
		t.Fatalf("sign in: HTTP %d\n%.300s", code, body)
	}
	return k
}

func (k *desk) get(path string) (int, string) {
	resp, err := k.http.Get(k.base + path)
	return k.read(resp, err)
}

func (k *desk) post(path string, form url.Values) (int, string) {
	req, err := http.NewRequest(http.MethodPost, k.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", k.base) // as browsers do
	resp, err := k.http.Do(req)
	return k.read(resp, err)
}

func (k *desk) read(resp *http.Response, err error) (int, string) {
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

var caseLink = regexp.MustCompile(`/cases/([a-z2-7]{20})`)

// waiting lists the cases on the first page of the queue.
func (k *desk) waiting() []string {
	_, body := k.get("/")
	var ids []string
	seen := map[string]bool{}
	for _, m := range caseLink.FindAllStringSubmatch(body, -1) {
		if !seen[m[1]] {
			ids, seen[m[1]] = append(ids, m[1]), true
		}
	}
	return ids
}

var stepField = regexp.MustCompile(`name="step" value="(\d+)"`)

// approve approves a safe public reply and reports whether that was accepted.
func (k *desk) approve(id string) bool {
	return k.reply(id, "Thank you for reaching out. To protect everyone's privacy we keep personal matters off this page. Please call our office at (503) 555-0142.")
}

// reply approves a public reply and reports whether that was accepted.
func (k *desk) reply(id, text string) bool {
	_, body := k.get("/cases/" + id)
	step := stepField.FindStringSubmatch(body)
	if step == nil {
		return false
	}
	code, _ := k.post("/cases/"+id+"/approve", url.Values{"step": {step[1]}, "reply": {text}})
	return code == 200
}

// box speaks to a sandbox's controls.
type box struct {
	t   *testing.T
	url string
}

func (b box) call(method, path string, in, out any) {
	b.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequest(method, b.url+"/_sandbox/"+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode/100 != 2 {
		b.t.Fatalf("%s %s: HTTP %d %s", method, path, resp.StatusCode, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			b.t.Fatal(err)
		}
	}
}

// write writes a comment as a patient does and returns its id.
func (b box) write(text string) string {
	b.t.Helper()
	var made struct{ ID string }
	b.call("POST", "comments", map[string]string{"platform": "facebook", "text": text, "author": "Pat Example"}, &made)
	return made.ID
}

func (b box) state() sandbox.State {
	b.t.Helper()
	var s sandbox.State
	b.call("GET", "state", nil, &s)
	return s
}

// eventually waits until f holds.
func eventually(t *testing.T, within time.Duration, what string, f func() bool) {
	t.Helper()
	end := time.Now().Add(within)
	tick := time.NewTicker(min(200*time.Millisecond, within/500))
	defer tick.Stop()
	for !f() {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen within %v", what, within)
		}
		<-tick.C
	}
}
