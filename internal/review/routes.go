package review

import (
	"net/http"

	"triage/internal/people"
)

// anyone is the permission of routes that need no sign-in.
const anyone people.Permission = "anyone"

// route is one address of the desk. GET shows; POST changes, then sends on.
type route struct {
	pattern string
	// need is what the user must be allowed to do; nobody has the empty one.
	need people.Permission
	// data answers in JSON, and 401 instead of the sign-in page.
	data bool
	// quiet does not count as use of the session, whose cookie is left alone: the
	// page asks, not a person, or the session ends.
	quiet  bool
	handle handler
}

// handler shows or changes something. An error it returns is answered by fail.
type handler func(w http.ResponseWriter, r *http.Request) error

// routes is every address there is.
func (p *pages) routes() []route {
	return []route{
		{pattern: "GET /login", need: anyone, handle: p.showLogin},
		{pattern: "POST /login", need: anyone, handle: p.login},
		{pattern: "POST /logout", need: people.See, quiet: true, handle: p.logout},

		{pattern: "GET /{$}", need: people.See, handle: p.showQueue},
		{pattern: "GET /news", need: people.See, data: true, quiet: true, handle: p.queueNews},

		{pattern: "GET /cases/{id}", need: people.See, handle: p.showCase},
		{pattern: "GET /cases/{id}/news", need: people.See, data: true, quiet: true, handle: p.caseNews},
		{pattern: "POST /cases/{id}/reveal", need: people.Reveal, handle: p.reveal},
		{pattern: "POST /cases/{id}/cover", need: people.Reveal, handle: p.cover},
		{pattern: "POST /cases/{id}/check", need: people.Decide, data: true, handle: p.check},
		{pattern: "POST /cases/{id}/approve", need: people.Decide, handle: p.approve},
		{pattern: "POST /cases/{id}/override", need: people.Override, handle: p.override},
		{pattern: "POST /cases/{id}/outcome", need: people.Decide, handle: p.outcome},
		{pattern: "POST /cases/{id}/dismiss", need: people.Decide, handle: p.dismiss},
		{pattern: "POST /cases/{id}/label", need: people.Decide, handle: p.label},
		{pattern: "POST /cases/{id}/handle", need: people.Decide, handle: p.handled},
		{pattern: "POST /cases/{id}/undo", need: people.Decide, handle: p.undo},
		{pattern: "POST /cases/{id}/takedown", need: people.Decide, handle: p.takeDown},

		{pattern: "/", need: people.See, handle: p.nowhere},
	}
}

// handler puts the routes behind what every request passes.
func (p *pages) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", p.look.serve)
	for _, rt := range p.routes() {
		mux.Handle(rt.pattern, p.session(rt, p.guard(rt)))
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(p.foreign))
	return p.headers(cross.Handler(mux))
}
