package report

// The parts of SARIF 2.1.0 that a campaign has something to say in.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool         `json:"tool"`
		Invocation []sarifInvocation `json:"invocations"`
		Automation sarifAutomation   `json:"automationDetails"`
		ColumnKind string            `json:"columnKind"`
		Results    []sarifResult     `json:"results"`
		Properties map[string]any    `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string         `json:"id"`
		Name       string         `json:"name"`
		Short      sarifText      `json:"shortDescription"`
		Full       sarifText      `json:"fullDescription"`
		Help       sarifText      `json:"help"`
		HelpURI    string         `json:"helpUri,omitempty"`
		Default    sarifLevel     `json:"defaultConfiguration"`
		Properties map[string]any `json:"properties"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		OK    bool        `json:"executionSuccessful"`
		Begun string      `json:"startTimeUtc"`
		Ended string      `json:"endTimeUtc"`
		Notes []sarifNote `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNote struct {
		Level   string       `json:"level"`
		Message sarifText    `json:"message"`
		Rule    *sarifRuleOf `json:"associatedRule,omitempty"`
	}
	sarifRuleOf struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		Rule      string            `json:"ruleId"`
		Index     int               `json:"ruleIndex"`
		Kind      string            `json:"kind"`
		Level     string            `json:"level"`
		Message   sarifText         `json:"message"`
		Locations []sarifLocation   `json:"locations"`
		Related   []sarifLocation   `json:"relatedLocations,omitempty"`
		Prints    map[string]string `json:"partialFingerprints"`
		Request   *sarifRequest     `json:"webRequest,omitempty"`
		Response  *sarifResponse    `json:"webResponse,omitempty"`

		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]any     `json:"properties"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		ID       int `json:"id,omitempty"`
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region *sarifRegion `json:"region,omitempty"`
		} `json:"physicalLocation"`
		Logical []sarifLogical `json:"logicalLocations,omitempty"`
		Message *sarifText     `json:"message,omitempty"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	sarifRequest struct {
		Method string            `json:"method"`
		Target string            `json:"target"`
		Header map[string]string `json:"headers"`
		Body   *sarifContent     `json:"body,omitempty"`
	}
	sarifResponse struct {
		None     bool              `json:"noResponseReceived,omitempty"`
		Status   int               `json:"statusCode,omitempty"`
		Reason   string            `json:"reasonPhrase,omitempty"`
		Protocol string            `json:"protocol,omitempty"`
		Version  string            `json:"version,omitempty"`
		Header   map[string]string `json:"headers"`
		Body     *sarifContent     `json:"body,omitempty"`
	}
	sarifContent struct {
		Text   string `json:"text,omitempty"`
		Binary string `json:"binary,omitempty"`
	}
)
