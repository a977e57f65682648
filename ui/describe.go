package ui

import (
	"errors"
	"fmt"
	"net/http"

	"kvikk/api"
	"kvikk/tunnel"
	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/profile"
)

// describe explains any error that reaches a person. It is the one place
// where errors become words on the screen.
func describe(err error) api.Explanation {
	if e, ok := errors.AsType[*tunnel.Error](err); ok {
		what := e.What
		if e.Code != "" {
			what += " (" + e.Code + ")"
		}
		return api.Explanation{What: what, Cause: e.Cause, Do: e.Do}
	}
	if e, ok := settingsError(err); ok {
		return e
	}
	if e := api.Explain(err); e.What != "" {
		return e
	}
	return api.Explanation{What: err.Error()}
}

// settingsError explains what is wrong with files, flags and environment.
func settingsError(err error) (api.Explanation, bool) {
	if e, ok := errors.AsType[*profile.SettingError](err); ok {
		return api.Explanation{What: e.Setting + " cannot be used.", Cause: e.Reason, Do: e.Do}, true
	}
	if e, ok := errors.AsType[*profile.DirError](err); ok {
		return api.Explanation{What: e.Path + " cannot be used.", Cause: e.Cause, Do: e.Do}, true
	}
	if e, ok := errors.AsType[*profile.ParseError](err); ok {
		return api.Explanation{What: fmt.Sprintf("%s, line %d, column %d: it cannot be read.", e.Path, e.Line, e.Column), Cause: e.Reason, Do: e.Do}, true
	}
	return api.Explanation{}, false
}

// nextKey names the key that goes on after a failure.
func nextKey(s flow.Step, err error) string {
	if _, ok := errors.AsType[*api.ValidationError](err); ok {
		return "enter opens the field"
	}
	if s > flow.AccessToken && refused(err) {
		return "1 goes back to the keys, enter tries again"
	}
	switch s {
	case flow.SetUp:
		return "e edits the settings, enter tries again"
	case flow.AccessToken:
		return "e edits the keys, enter tries again"
	case flow.RegisterWebhook:
		return "enter tries again, e changes the events"
	case flow.TriggerEvent:
		return "e edits the payment, n takes a new reference, enter tries again"
	}
	return "a tries again, 4 shows the payment"
}

// refused reports whether the provider does not let these keys do that.
func refused(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// markFields puts the reasons of an error at the fields they are about.
func (m *Model) markFields(s flow.Step, err error) {
	f := m.formOf(s)
	if f == nil {
		return
	}
	if e, ok := errors.AsType[*api.ValidationError](err); ok {
		mark(f, e.Fields)
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		mark(f, e.Fields)
	}
}

func mark(f *form.Form, fields []api.FieldError) {
	for _, field := range fields {
		f.SetError(fieldOf(field.Name), field.Reason)
	}
}

// fieldOf is the form field that a field of the API is entered in.
func fieldOf(name string) string {
	switch name {
	case "amount.value", "amount.currency", "Amount", "Amount.Value":
		return fieldAmount
	case "reference", "Reference":
		return fieldReference
	case "customer.phoneNumber", "Customer.PhoneNumber", "phoneNumber":
		return fieldPhone
	case "returnUrl", "ReturnUrl":
		return fieldReturnURL
	case "paymentDescription", "PaymentDescription":
		return fieldDescription
	case "userFlow", "UserFlow":
		return fieldUserFlow
	}
	return name
}
