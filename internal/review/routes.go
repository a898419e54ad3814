package review

import (
	"triage/internal/people"
	"triage/internal/review/page"
)

// routes is every address there is.
func (p *pages) routes() []page.Route {
	a, q, c := p.account, p.queue, p.cases
	return []page.Route{
		{Pattern: "GET /login", Need: page.Anyone, Handle: a.ShowLogin},
		{Pattern: "POST /login", Need: page.Anyone, Handle: a.Login},
		{Pattern: "POST /logout", Need: people.See, Quiet: true, Handle: a.Logout},
		{Pattern: "POST /language", Need: page.Anyone, Quiet: true, Handle: p.ChooseLanguage},

		{Pattern: "GET /{$}", Need: people.See, Handle: q.Show},
		{Pattern: "GET /news", Need: people.See, Data: true, Quiet: true, Handle: q.News},

		{Pattern: "GET /cases/{id}", Need: people.See, Handle: c.Show},
		{Pattern: "GET /cases/{id}/news", Need: people.See, Data: true, Quiet: true, Handle: c.News},
		{Pattern: "POST /cases/{id}/reveal", Need: people.Reveal, Handle: c.Reveal},
		{Pattern: "POST /cases/{id}/cover", Need: people.Reveal, Handle: c.Cover},
		{Pattern: "POST /cases/{id}/check", Need: people.Decide, Data: true, Handle: c.Check},
		{Pattern: "POST /cases/{id}/approve", Need: people.Decide, Handle: c.Approve},
		{Pattern: "POST /cases/{id}/override", Need: people.Override, Handle: c.Override},
		{Pattern: "POST /cases/{id}/outcome", Need: people.Decide, Handle: c.Outcome},
		{Pattern: "POST /cases/{id}/dismiss", Need: people.Decide, Handle: c.Dismiss},
		{Pattern: "POST /cases/{id}/label", Need: people.Decide, Handle: c.Label},
		{Pattern: "POST /cases/{id}/handle", Need: people.Decide, Handle: c.Handle},
		{Pattern: "POST /cases/{id}/undo", Need: people.Decide, Handle: c.Undo},
		{Pattern: "POST /cases/{id}/takedown", Need: people.Decide, Handle: c.TakeDown},

		{Pattern: "/", Need: people.See, Handle: p.Nowhere},
	}
}
