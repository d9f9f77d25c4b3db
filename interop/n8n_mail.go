package interop

func emailSend(f *foreign) (string, map[string]any, string) {
	if op := f.str("operation", "send"); op != "send" {
		return none("a mail that waits for an answer")
	}
	p := map[string]any{"to": f.or("toEmail", ""), "subject": f.or("subject", "")}
	for from, to := range map[string]string{
		"fromEmail": "from", "ccEmail": "cc", "bccEmail": "bcc", "replyTo": "reply_to",
		"options.ccEmail": "cc", "options.bccEmail": "bcc", "options.replyTo": "reply_to",
	} {
		if v := f.get(from); !blank(v) {
			p[to] = v
		}
	}
	format := f.str("emailFormat", map[bool]string{true: "html", false: "text"}[f.version > 2])
	if f.version >= 2 {
		f.ignore("text", "html")
	}
	if v := f.get("text"); !blank(v) && (f.version < 2 || format != "html") {
		p["text"] = v
	}
	if v := f.get("html"); !blank(v) && (f.version < 2 || format != "text") {
		p["html"] = v
	}
	attachments := f.str("attachments", f.str("options.attachments", ""))
	if names := fieldNames(attachments); len(names) > 0 {
		p["attachments"] = names
	}
	needsLogin(f, p)
	// The line that n8n adds under a mail by itself is not wanted here.
	f.ignore("resource", "options.appendAttribution")
	if f.yes("options.allowUnauthorizedCerts", false) {
		f.lose("certificates are always checked")
	}
	return "mail.send", p, ""
}

// needsLogin sets the credential of a node that cannot do without.
func needsLogin(f *foreign, p map[string]any) {
	if login := f.login(); login != "" {
		p["credential"] = login
	} else {
		f.lose("it names no credential")
	}
}

func toMail(p map[string]any) n8nNode {
	opts := map[string]any{"appendAttribution": false}
	n := n8nNode{typ: "emailSend", version: "2.1", params: map[string]any{
		"toEmail": p["to"], "subject": p["subject"], "options": opts,
	}}
	switch {
	case blank(p["html"]):
		n.params["emailFormat"], n.params["text"] = "text", p["text"]
	case blank(p["text"]):
		n.params["html"] = p["html"]
	default:
		n.params["emailFormat"], n.params["text"], n.params["html"] = "both", p["text"], p["html"]
	}
	if blank(p["from"]) {
		n.lose("n8n needs a sender in the node")
	} else {
		n.params["fromEmail"] = p["from"]
	}
	for from, to := range map[string]string{"cc": "ccEmail", "bcc": "bccEmail", "reply_to": "replyTo"} {
		if !blank(p[from]) {
			opts[to] = p[from]
		}
	}
	if names := joinNames(p["attachments"]); names != "" {
		opts["attachments"] = names
	}
	n.drop(p, "credential", "to", "subject", "html", "text", "from", "cc", "bcc", "reply_to", "attachments")
	return n
}
