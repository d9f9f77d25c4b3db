package browser

import (
	"regexp"
	"strings"
)

// risky are words of controls that change, send, end or pay for something, in the languages that the studio speaks. A
// control with one of them is left alone by whoever is to change nothing.
var risky = regexp.MustCompile(`(?i)` + strings.Join([]string{
	// English
	`\b(?:delet|remov|eras|destroy|purg|wip|discard|drop|clear|reset|empt|revok|expir|terminat|cancel|clos(?:e|ing) account|deactivat|disabl|unsubscrib|unlink|leave|block|ban)(?:e|es|ed|ing|s|y)?\b`,
	`\b(?:log|sign)[ -]?(?:out|off)\b`, `\blogout\b`, `\bsignout\b`,
	`\b(?:submit|save|send|post|publish|pay|buy|purchase|checkout|check out|subscribe|donate|confirm|apply|accept|approve|reject|upload|install|restart|reboot|shut ?down|shutdown|vote|like|follow|download|print)\b`,
	`\badd to (?:cart|basket|bag)\b`,
	// German
	`lösch|entfern|verwerf|zurücksetz|leeren\b|abmeld|ausloggen|speicher|absend|senden\b|schick|veröffentlich|bezahl|kauf|bestätig|annehmen\b|ablehnen\b|hochlad|herunterlad|kündig|deaktivier|stornier|abbestell|drucken\b|in den warenkorb`,
	// Spanish
	`elimin|borr|quitar\b|vaciar\b|restablec|cerrar sesi|desconect|\bsalir\b|guard|enviar\b|publicar\b|pagar\b|compr|confirm|acept|rechaz|\bsubir\b|descarg|desactiv|suscri|imprim|añadir al carrito`,
	// French
	`supprim|effac|enlever\b|retirer\b|vider\b|réinitialis|déconnect|d[ée]connexion|enregistr|envoyer\b|publier\b|payer\b|achet|confirm|accept|refus|télécharg|désactiv|désabonn|imprim|ajouter au panier`,
	// Chinese
	`删除|移除|清空|清除|重置|退出|登出|注销|提交|保存|发送|发布|支付|付款|购买|确认|接受|拒绝|上传|下载|停用|取消|订阅|打印|加入购物车`,
}, "|"))

// making are words of controls that make something, or give it away. As a rule they show the form that asks for more.
var making = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`\b(?:order|book|transfer|import|create|register|sign ?up|invite|share|report|export)\b`,
	`bestell|buchen\b|überweis|registrier|anlegen\b|einlad|teilen\b`,
	`pedir\b|reserv|transfer|registrar|invitar\b|compartir\b`,
	`command|réserv|virement|inscri|inviter\b|partag`,
	`下单|订购|预订|转账|注册|邀请|分享`,
}, "|"))

// sends are attributes that make a control send something by itself.
var sends = regexp.MustCompile(`(?i)\s(?:formaction|hx-(?:post|put|patch|delete)|data-(?:method|turbo-method|confirm)|ping)\s*=`)

// Risky tells whether words are those of a control that changes, sends or ends something.
func Risky(words string) bool { return risky.MatchString(words) || making.MatchString(words) }

// Harmless tells whether a control may be touched by whoever is to change nothing: it is seen, enabled and not covered,
// sends no form, leads nowhere else, takes no text, and neither its words nor its names speak of a change. Words can
// mislead, so such clicks are made in a tab that is ReadOnly.
func (e *Element) Harmless() bool { return e.harmless(Risky) }

// Shows is like Harmless, for where nothing that changes something can be sent: controls that make something show the form
// for it there. Others are left alone all the same, since scripts may do by GET what their words say.
func (e *Element) Shows() bool { return e.harmless(risky.MatchString) }

func (e *Element) harmless(risky func(words string) bool) bool {
	if !e.Interactive || !e.Seen || e.Disabled || e.Covered != "" || e.Shadow || e.Submits {
		return false
	}
	switch e.Tag {
	case "a", "area":
		if e.Href != "" && !strings.HasPrefix(e.Href, "#") && !strings.HasPrefix(strings.ToLower(e.Href), "javascript:") || len(e.Href) > 1 && e.Href[0] == '#' && e.Role == "" {
			return false // it leads somewhere: that is a page's, or an anchor's, affair
		}
	case "select", "textarea", "option", "label", "iframe", "video", "audio":
		return false
	case "button", "summary":
	case "input":
		switch strings.ToLower(e.Type) {
		case "button", "checkbox", "radio":
		default:
			return false
		}
	default: // what only takes the focus, such as the main part of a page, is no control
		if !widget.MatchString(e.HTML) {
			return false
		}
	}
	if sends.MatchString(e.HTML) {
		return false
	}
	names := strings.NewReplacer("-", " ", "_", " ")
	if class := classOf.FindStringSubmatch(e.HTML); class != nil && ending.MatchString(class[1]) {
		return false
	}
	for _, words := range append(wordsOf(e.HTML), e.Label, e.Text, e.ID, e.Name) {
		if risky(camel.ReplaceAllString(names.Replace(words), "$1 $2")) {
			return false
		}
	}
	return true
}

// widget tells what is a control by what is written on it, and not by its element.
var widget = regexp.MustCompile(`(?i)\s(?:onclick|role="(?:button|tab|menuitem|menuitemradio|menuitemcheckbox|switch|checkbox|radio|option|link|treeitem)")`)

var (
	// saying are attributes that say what a control does.
	saying = regexp.MustCompile(`(?i)\s(?:onclick|title|value|data-action|@click|v-on:click|ng-click)="([^"]*)"`)
	// classOf finds classes, of which only few words mean anything: btn-block and print:hidden are looks.
	classOf = regexp.MustCompile(`(?i)\sclass="([^"]*)"`)
	ending  = regexp.MustCompile(`(?i)delete|remove|log-?out|sign-?out|trash|danger|destroy`)
	camel   = regexp.MustCompile(`([a-z])([A-Z])`)
)

func wordsOf(tag string) []string {
	var list []string
	for _, m := range saying.FindAllStringSubmatch(tag, -1) {
		list = append(list, m[1])
	}
	return list
}

// Harmless are the controls of a snapshot that may be touched by whoever is to change nothing, in their order.
func (s *Snapshot) Harmless() []Element {
	var list []Element
	for i := range s.Elements {
		if s.Elements[i].Harmless() {
			list = append(list, s.Elements[i])
		}
	}
	return list
}
