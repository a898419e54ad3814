package review

import (
	"triage/internal/people"
	"triage/internal/review/page"
)

// routes is every address there is.
func (p *pages) routes() []page.Route {
	a, q, c, o, d := p.account, p.queue, p.cases, p.office, p.oncall
	return []page.Route{
		{Pattern: "GET /login", Need: page.Anyone, Handle: a.ShowLogin},
		{Pattern: "POST /login", Need: page.Anyone, Handle: a.Login},
		{Pattern: "GET /login/code", Need: page.Anyone, Handle: a.ShowCode},
		{Pattern: "POST /login/code", Need: page.Anyone, Handle: a.Code},
		{Pattern: "GET /login/setup", Need: page.Anyone, Handle: a.ShowSetUp},
		{Pattern: "GET /login/setup.png", Need: page.Anyone, Handle: a.Picture},
		{Pattern: "POST /login/setup", Need: page.Anyone, Handle: a.SetUp},
		{Pattern: "POST /login/setup/passkey/ask", Need: page.Anyone, Data: true, Handle: a.AskNewPasskey},
		{Pattern: "POST /login/setup/passkey", Need: page.Anyone, Handle: a.AddPasskey},
		{Pattern: "POST /login/passkey/ask", Need: page.Anyone, Data: true, Handle: a.AskPasskey},
		{Pattern: "POST /login/passkey", Need: page.Anyone, Handle: a.Passkey},
		{Pattern: "GET /login/provider", Need: page.Anyone, Handle: a.ToProvider},
		{Pattern: "GET /login/back", Need: page.Anyone, Handle: a.FromProvider},
		{Pattern: "GET /welcome", Need: page.Anyone, Handle: a.ShowWelcome},
		{Pattern: "POST /welcome", Need: page.Anyone, Handle: a.Welcome},
		{Pattern: "POST /logout", Need: people.See, Quiet: true, Handle: a.Logout},
		{Pattern: "POST /language", Need: page.Anyone, Quiet: true, Handle: p.ChooseLanguage},

		{Pattern: "GET /account", Need: people.See, Handle: a.Show},
		{Pattern: "GET /account/still", Need: people.See, Data: true, Quiet: true, Handle: a.Still},
		{Pattern: "POST /account/stay", Need: people.See, Data: true, Handle: a.Still},
		{Pattern: "POST /account/password", Need: people.See, Handle: a.Password},
		{Pattern: "GET /account/prove", Need: people.See, Handle: a.ShowProve},
		{Pattern: "POST /account/prove", Need: people.See, Handle: a.Prove},
		{Pattern: "GET /account/app", Need: people.See, Handle: a.ShowSetUp},
		{Pattern: "GET /account/app.png", Need: people.See, Handle: a.Picture},
		{Pattern: "POST /account/app", Need: people.See, Handle: a.SetUp},
		{Pattern: "POST /account/app/remove", Need: people.See, Handle: a.RemoveApp},
		{Pattern: "POST /account/passkeys/ask", Need: people.See, Data: true, Handle: a.AskNewPasskey},
		{Pattern: "POST /account/passkeys", Need: people.See, Handle: a.AddPasskey},
		{Pattern: "POST /account/passkeys/{id}/remove", Need: people.See, Handle: a.RemovePasskey},
		{Pattern: "POST /account/codes", Need: people.See, Handle: a.NewCodes},
		{Pattern: "POST /account/sessions/{id}/end", Need: people.See, Handle: a.EndSession},
		{Pattern: "POST /account/sessions/end", Need: people.See, Handle: a.EndOthers},

		{Pattern: "GET /{$}", Need: people.See, Handle: q.Show},
		{Pattern: "GET /news", Need: people.See, Data: true, Quiet: true, Handle: q.News},
		{Pattern: "GET /live", Need: people.See, Data: true, Quiet: true, Handle: p.streams.Show},
		{Pattern: "POST /together/dismiss", Need: people.Decide, Handle: q.Dismiss},
		{Pattern: "POST /together/undo", Need: people.Decide, Handle: q.Undo},

		{Pattern: "GET /cases/{id}", Need: people.See, Handle: c.Show},
		{Pattern: "GET /cases/{id}/news", Need: people.See, Data: true, Quiet: true, Handle: c.News},
		{Pattern: "POST /cases/{id}/reveal", Need: people.Reveal, Handle: c.Reveal},
		{Pattern: "POST /cases/{id}/cover", Need: people.Reveal, Handle: c.Cover},
		{Pattern: "POST /cases/{id}/check", Need: people.Decide, Data: true, Handle: c.Check},
		{Pattern: "POST /cases/{id}/look", Need: people.Decide, Handle: c.Look},
		{Pattern: "POST /cases/{id}/approve", Need: people.Decide, Handle: c.Approve},
		{Pattern: "POST /cases/{id}/override", Need: people.Override, Handle: c.Override},
		{Pattern: "POST /cases/{id}/confirm", Need: people.Override, Handle: c.Confirm},
		{Pattern: "POST /cases/{id}/withdraw", Need: people.Override, Handle: c.Withdraw},
		{Pattern: "POST /cases/{id}/assign", Need: people.Decide, Handle: c.Assign},
		{Pattern: "POST /cases/{id}/note", Need: people.Decide, Handle: c.Note},
		{Pattern: "POST /cases/{id}/outcome", Need: people.Decide, Handle: c.Outcome},
		{Pattern: "POST /cases/{id}/dismiss", Need: people.Decide, Handle: c.Dismiss},
		{Pattern: "POST /cases/{id}/label", Need: people.Decide, Handle: c.Label},
		{Pattern: "POST /cases/{id}/handle", Need: people.Decide, Handle: c.Handle},
		{Pattern: "POST /cases/{id}/undo", Need: people.Decide, Handle: c.Undo},
		{Pattern: "POST /cases/{id}/takedown", Need: people.Decide, Handle: c.TakeDown},

		{Pattern: "GET /settings", Need: people.Configure, Handle: o.ShowSettings},
		{Pattern: "GET /settings/{name}", Need: people.Configure, Handle: o.ShowSetting},
		{Pattern: "POST /settings/{name}", Need: people.Configure, Handle: o.ChangeSetting},
		{Pattern: "POST /settings/{name}/check", Need: people.Configure, Data: true, Handle: o.CheckSetting},
		{Pattern: "POST /settings/{name}/confirm", Need: people.Configure, Handle: o.ConfirmSetting},
		{Pattern: "POST /settings/{name}/withdraw", Need: people.Configure, Handle: o.WithdrawSetting},

		{Pattern: "GET /people", Need: people.Configure, Handle: o.ShowPeople},
		{Pattern: "POST /people", Need: people.Manage, Handle: o.AddPerson},
		{Pattern: "GET /people/{name}", Need: people.Manage, Handle: o.ShowPerson},
		{Pattern: "POST /people/{name}/role", Need: people.Manage, Handle: o.ChangeRole},
		{Pattern: "POST /people/{name}/link", Need: people.Manage, Handle: o.NewLink},
		{Pattern: "POST /people/{name}/second", Need: people.Manage, Handle: o.RemoveSecond},
		{Pattern: "POST /people/{name}/sessions", Need: people.Manage, Handle: o.EndSessions},
		{Pattern: "POST /people/{name}/out", Need: people.Manage, Handle: o.ShutOut},
		{Pattern: "POST /people/{name}/in", Need: people.Manage, Handle: o.LetIn},

		{Pattern: "GET /on-call", Need: people.See, Handle: d.Show},
		{Pattern: "GET /on-call/now", Need: people.See, Data: true, Quiet: true, Handle: d.Tell},
		// Whoever is called answers for herself, whatever her role: the handlers look.
		{Pattern: "POST /on-call/acknowledge", Need: people.See, Handle: d.Acknowledge},
		{Pattern: "POST /on-call/take", Need: people.See, Handle: d.TakeOver},
		{Pattern: "POST /on-call/give-back", Need: people.See, Handle: d.GiveBack},
		{Pattern: "POST /on-call/test", Need: people.See, Handle: d.Test},

		{Pattern: "/", Need: people.See, Handle: p.Nowhere},
	}
}
