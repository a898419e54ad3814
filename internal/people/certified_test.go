package people

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// certified is npm's oidc-provider, a certified one, if TRIAGE_NODE_MODULES names the
// directory it is installed in.
func certified(t *testing.T, redirect string) (issuer string) {
	t.Helper()
	dir := os.Getenv("TRIAGE_NODE_MODULES")
	if dir == "" {
		t.Skip("TRIAGE_NODE_MODULES is not set: npm install oidc-provider@9.13.3 and name its node_modules, to sign in by a certified provider")
	}
	script := filepath.Join(dir, "..", "triage-provider.mjs")
	err := os.WriteFile(script, []byte(`
import Provider from 'oidc-provider';
import http from 'node:http';
const server = http.createServer().listen(0, '127.0.0.1', () => {
  const issuer = 'http://127.0.0.1:' + server.address().port;
  const p = new Provider(issuer, {
    clients: [{client_id: 'triage', client_secret: 'a-secret-of-its-own', redirect_uris: ['`+redirect+`']}],
    pkce: {required: () => true}, claims: {openid: ['sub'], email: ['email', 'email_verified']}, conformIdTokenClaims: false,
    findAccount: (ctx, id) => ({accountId: id, claims: () => ({sub: id, email: id + '@cedar.example', email_verified: true})}),
  });
  server.on('request', p.callback());
  console.log(issuer);
});
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(script) })
	node := exec.CommandContext(t.Context(), "node", script)
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = node.Process.Kill(); _ = node.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestSignInByACertifiedProvider(t *testing.T) {
	const redirect = "http://127.0.0.1:1/login/back"
	o := &Provider{Issuer: certified(t, redirect), ClientID: "triage", Secret: "a-secret-of-its-own", Redirect: redirect, Users: map[string]string{"dana@cedar.example": "dana"}}
	p := withDana(t)
	for name, want := range map[string]error{"dana": nil, "sam": ErrStranger} {
		address, secret, err := o.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u, err := o.Finish(t.Context(), p, secret, signInThere(t, address, name))
		if !errors.Is(err, want) || (u.Name == "dana") != (want == nil) {
			t.Errorf("%s: %q, %v", name, u.Name, err)
		}
	}
}

// signInThere goes through the provider's own pages as a browser would, and returns
// what it sends back.
func signInThere(t *testing.T, address, name string) url.Values {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	var answer url.Values
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Port() == "1" {
			answer = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	action := regexp.MustCompile(`action="([^"]+)"`)
	res, err := c.Get(address)
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {name}, "password": {"any"}}, {"prompt": {"consent"}}} {
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		at := action.FindSubmatch(page)
		if at == nil {
			t.Fatalf("no form: %s", page)
		}
		res, err = c.PostForm(string(at[1]), form)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if answer == nil {
		t.Fatal("it sent nobody back")
	}
	return answer
}
