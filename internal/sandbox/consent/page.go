package consent

import (
	"bytes"
	"html/template"
	"maps"
	"net/http"

	"triage/internal/sandbox/board"
)

// Page is what the owner of an account sees.
type Page struct {
	// Platform, App and Account are names: where, who asks, and for whose account.
	Platform, App, Account string
	// Wishes are the scopes that are asked for.
	Wishes []string
}

const head = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Platform}} (sandbox)</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}
button{font:inherit;padding:.5rem 1.5rem;margin-right:1rem}</style></head><body>`

var pages = template.Must(template.New("ask").Parse(head + `
<h1>{{.App}} wants to use {{.Account}} on {{.Platform}}</h1>
<p>It asks for:</p><ul>{{range .Wishes}}<li><code>{{.}}</code></li>{{end}}</ul>
<p>This is the sandbox. Nothing leaves this machine.</p>
<form method="post"><button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>
</body></html>`))

var _ = template.Must(pages.New("refusal").Parse(head + `
<h1>{{.Platform}} refuses the request</h1><p>{{.Why}}</p>
<p>Error {{.Status}}: {{.Kind}}</p><p>This is the sandbox. Nothing leaves this machine.</p>
</body></html>`))

// show gives the page with its two buttons, which send the same address again.
func (p Page) show() board.Reply { return render(http.StatusOK, "ask", p) }

// Refusal is what is wrong with what an app asks for. It is shown to whoever opened
// the address and never sent back to the app, which may not be who it says.
type Refusal struct {
	Platform  string
	Status    int
	Kind, Why string
}

// Show gives the page that says so.
func (f Refusal) Show() board.Reply { return render(f.Status, "refusal", f) }

func render(status int, name string, data any) board.Reply {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		panic(err) // the templates have no other data
	}
	return board.Reply{Status: status, Body: out.Bytes(), Header: header(map[string]string{"Content-Type": "text/html; charset=utf-8"})}
}

// header adds to more what keeps a code and a state from going elsewhere.
func header(more map[string]string) map[string]string {
	out := map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
	maps.Copy(out, more)
	return out
}
