package review

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// browser is a client that keeps cookies and follows nothing.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

// answer is what a browser got.
type answer struct {
	status   int
	header   http.Header
	body     string
	location string
}

func (w *world) visit(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: w.server.URL, http: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is a browser in which somebody is signed in.
func (w *world) as(t *testing.T, name string) *browser {
	t.Helper()
	b := w.visit(t)
	if got := b.post("/login", "name", name, "password", secret); got.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d\n%s", name, got.status, got.body)
	}
	return b
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header, body: string(body), location: res.Header.Get("Location")}
}

func (b *browser) request(method, path string, form ...string) *http.Request {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return req
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do(b.request("GET", path)) }

func (b *browser) post(path string, form ...string) answer {
	b.t.Helper()
	return b.do(b.request("POST", path, form...))
}

// see fails unless the answer has this status and holds all the words.
func (a answer) see(t *testing.T, status int, words ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d", a.status, status)
	}
	for _, s := range words {
		if !strings.Contains(a.body, s) {
			t.Errorf("the page does not say %q:\n%s", s, main(a.body))
		}
	}
	return a
}

// lacks fails if the answer holds any of the words.
func (a answer) lacks(t *testing.T, words ...string) {
	t.Helper()
	for _, s := range words {
		if strings.Contains(a.body, s) {
			t.Errorf("the page says %q:\n%s", s, main(a.body))
		}
	}
}

// main is the part of a page that is its own.
func main(body string) string {
	if _, after, ok := strings.Cut(body, "<main"); ok {
		body, _, _ = strings.Cut(after, "</main>")
	}
	return body
}
