//! Identity numbers: GB 11643 (公民身份号码), GB 32100 (统一社会信用代码).
