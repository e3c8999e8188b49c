//! The five stages, the outcomes and the special procedures, with their words.

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in files, in the record and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The Chinese word of the field.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            /// Reads [`Self::as_str`] back.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(
    /// The five stages (环节) of a case.
    Stage {
        /// 受理
        Acceptance = "acceptance", "受理";
        /// 承办
        Handling = "handling", "承办";
        /// 审核
        Review = "review", "审核";
        /// 批准: its end is the decision
        Approval = "approval", "批准";
        /// 办结
        Completion = "completion", "办结";
    }
);

impl Stage {
    /// The stage that follows; none after Completion.
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Acceptance => Some(Self::Handling),
            Self::Handling => Some(Self::Review),
            Self::Review => Some(Self::Approval),
            Self::Approval => Some(Self::Completion),
            Self::Completion => None,
        }
    }
}

words!(
    /// How a case ended (办结结果).
    Outcome {
        /// 准予
        Granted = "granted", "准予许可";
        /// 不予许可 (行政许可法 art. 38)
        Refused = "refused", "不予许可";
        /// 不予受理: not within the organ's power (art. 32 no. 2)
        NotAccepted = "not_accepted", "不予受理";
        /// 不受理: no permit is needed (art. 32 no. 1)
        NotNeeded = "not_needed", "不受理";
        /// 转报: sent up to the deciding organ (art. 43)
        Forwarded = "forwarded", "转报";
        /// 退件: the material never came, or the applicant gave up
        Returned = "returned", "退件";
        /// 撤回
        Withdrawn = "withdrawn", "撤回";
        /// 终止: the applicant or the matter is gone
        Ended = "ended", "终止";
        /// 作废: an invalid record
        Void = "void", "作废";
        /// 删除: an entry error
        Deleted = "deleted", "删除";
    }
);

impl Outcome {
    /// A reason is a must for all but granted.
    pub const fn needs_reason(self) -> bool {
        !matches!(self, Self::Granted)
    }

    /// Void, deleted, returned and withdrawn cases say nothing about speed.
    pub const fn counts_for_time(self) -> bool {
        !matches!(
            self,
            Self::Void | Self::Deleted | Self::Returned | Self::Withdrawn
        )
    }

    /// The outcomes with which the Completion stage may be completed.
    pub const fn is_of_completion(self) -> bool {
        matches!(
            self,
            Self::Granted | Self::Refused | Self::Forwarded | Self::Returned
        )
    }

    /// The outcomes with which a case may be broken off at any stage.
    pub const fn is_of_closing(self) -> bool {
        matches!(
            self,
            Self::Withdrawn | Self::Ended | Self::Returned | Self::Void | Self::Deleted
        )
    }
}

words!(
    /// What a stop (特别程序) is for: 行政许可法 art. 45, and suspension (中止) where another law allows it.
    Procedure {
        /// 听证
        Hearing = "hearing", "听证";
        /// 招标
        Tender = "tender", "招标";
        /// 拍卖
        Auction = "auction", "拍卖";
        /// 检验
        Inspection = "inspection", "检验";
        /// 检测
        Test = "test", "检测";
        /// 检疫
        Quarantine = "quarantine", "检疫";
        /// 鉴定
        Appraisal = "appraisal", "鉴定";
        /// 专家评审
        ExpertReview = "expert_review", "专家评审";
        /// 中止: counted apart from the stops of art. 45
        Suspension = "suspension", "中止";
    }
);

impl Procedure {
    /// The eight of art. 45 stop the clock by the permit law itself; a suspension needs a basis of its own.
    pub const fn is_suspension(self) -> bool {
        matches!(self, Self::Suspension)
    }
}
